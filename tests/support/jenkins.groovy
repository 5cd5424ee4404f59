// Runs a declarative Jenkinsfile here: the scripts really, the rest as a record of what was asked for.
//
// Arguments: the Jenkinsfile, a JSON file {workspace, env, scm, credentials, approve}, and the file for the record.
import java.nio.file.FileSystems
import java.nio.file.Files

import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.control.CompilerConfiguration

class Stopped extends RuntimeException {
    Stopped(String message) { super(message) }
}

abstract class Declarative extends Script {
    Map host
    List layers = [[:]]
    Map record = [stages: [], asked: [], junit: [], archived: [], bound: []]
    String folder
    boolean skipped
    Throwable failure

    Object propertyMissing(String name) { name in ['any', 'scm'] ? name : super.getProperty(name) }
    Map getEnv() { layers.sum() as Map }

    def within(Closure body) { body.delegate = this; body.resolveStrategy = Closure.DELEGATE_FIRST; body() }
    def pipeline(Closure body) { within(body) }
    def agent(Object where) { }
    def options(Closure body) { within(body) }
    def disableConcurrentBuilds() { }
    def skipDefaultCheckout() { }
    def stages(Closure body) { within(body) }
    def script(Closure body) { within(body) }
    def always(Closure body) { within(body) }
    def triggers(Closure body) { within(body) }
    def cron(String times) { }
    def getCurrentBuild() { [getBuildCauses: { String kind -> host.timed ? [kind] : [] }] }
    def catchError(Closure body) {
        try { within(body) } catch (Stopped stopped) { failure = stopped }
    }
    def timeout(Map limit) { }
    def timeout(Map limit, Closure body) { within(body) }

    def environment(Closure body) {
        def found = [:]
        body.delegate = found
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
        layers[0].putAll(found)
    }

    def stage(String name, Closure body) {
        skipped = false
        failure = null
        within(body)
        record.stages.add([name: name, result: skipped ? 'skipped' : failure ? 'failed' : 'done'])
        if (failure) throw failure
    }

    def when(Closure body) { within(body) }
    def expression(Closure body) { if (!within(body)) skipped = true }
    def post(Closure body) { if (!skipped) within(body) }
    def steps(Closure body) {
        if (skipped) return
        try { within(body) } catch (Stopped stopped) { failure = stopped }
    }

    def checkout(Object what) {
        record.checkout = what.toString()
        run(['/bin/sh', '-e', '-c', host.scm])
    }

    def input(Map question) {
        record.asked.add(question.message)
        if (!host.approve) throw new Stopped('not approved')
    }

    // As Jenkins does: $NAME and ${NAME} are put in, $$ is a dollar sign, what is unknown stays.
    def withEnv(List pairs, Closure body) {
        def added = [:]
        for (pair in pairs) {
            def (name, value) = pair.toString().split('=', 2) as List
            added[name] = value.replaceAll(/\$(\$|[A-Za-z0-9_]+|\{[A-Za-z0-9_.]+\})/) { all, key ->
                key == '$' ? '$' : (env[key.replaceAll(/[{}]/, '')] ?: all)
            }
        }
        nested(added, body)
    }

    def usernamePassword(Map b) { [(b.usernameVariable): secret(b).id, (b.passwordVariable): secret(b).key] }
    def cloudApi(Map b) { [(b.secretIdVariable): secret(b).id, (b.secretKeyVariable): secret(b).key] }
    def string(Map b) { [(b.variable): secret(b)] }
    def secret(Map binding) {
        record.bound.add(binding.credentialsId)
        if (!host.credentials.containsKey(binding.credentialsId)) throw new Stopped("no ${binding.credentialsId}")
        host.credentials[binding.credentialsId]
    }
    def withCredentials(List bindings, Closure body) { nested(bindings.sum() as Map, body) }

    def nested(Map added, Closure body) {
        layers.add(added)
        try { within(body) } finally { layers.removeLast() }
    }

    def dir(String path, Closure body) {
        def before = folder
        folder = path
        try { within(body) } finally { folder = before }
    }
    def junit(Map what) { record.junit.addAll(found(what.testResults)) }
    def archiveArtifacts(Map what) { record.archived.addAll(found(what.artifacts)) }
    List found(String pattern) {
        def root = new File(folder ?: host.workspace).toPath()
        def matcher = FileSystems.default.getPathMatcher('glob:' + pattern)
        if (!Files.isDirectory(root)) return []
        Files.walk(root, 2).filter { matcher.matches(root.relativize(it)) }.collect { it.toString() }.sort()
    }

    def sh(String text) {
        def file = File.createTempFile('script', '.sh')
        file.text = text
        try { run(['/bin/sh', '-xe', file.path]) } finally { file.delete() }
    }

    def run(List command) {
        def builder = new ProcessBuilder(command*.toString()).directory(new File(host.workspace)).inheritIO()
        builder.environment().clear()
        (env as Map).each { name, value -> builder.environment().put(name.toString(), value.toString()) }
        int code = builder.start().waitFor()
        if (code != 0) throw new Stopped("script returned exit code ${code}")
    }
}

def (source, settings, out) = args.collect { new File(it) }
def configuration = new CompilerConfiguration(scriptBaseClass: Declarative.name)
def job = new GroovyShell(this.class.classLoader, new Binding(), configuration).parse(source)
job.host = new JsonSlurper().parse(settings)
job.layers = [new LinkedHashMap(job.host.env) + [WORKSPACE: job.host.workspace]]
try {
    job.run()
    job.record.result = 'done'
} catch (Stopped stopped) {
    job.record.result = stopped.message
}
out.text = JsonOutput.toJson(job.record)
