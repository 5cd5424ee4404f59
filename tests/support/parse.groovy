// Takes scripts through Groovy's parser, without running them.
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.Phases

for (path in args) {
    def unit = new CompilationUnit()
    unit.addSource(new File(path))
    unit.compile(Phases.CONVERSION)
}
