# fish completion for scfdeploy. Written by `scfdeploy completion fish`.

function __scfdeploy_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    # By its name only: a path such as ./scfdeploy could be a file of the project.
    set -l lines (command scfdeploy __complete fish (count $before) $before "$current" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current" ''
        case 'words*'
            set -e lines[1]
            printf '%s\n' $lines
    end
end

complete -c scfdeploy -f -a '(__scfdeploy_complete)'
