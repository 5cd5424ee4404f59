# bash completion for scfdeploy. Written by `scfdeploy completion bash`; bash 4.4 or later.

_scfdeploy() {
    local directive value description
    COMPREPLY=()
    # By its name only: a path such as ./scfdeploy could be a file of the project.
    {
        IFS= read -r directive || return 0
        while IFS=$'\t' read -r value description; do
            COMPREPLY+=("$value")
        done
    } < <(command scfdeploy __complete bash "$COMP_CWORD" "${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
    case $directive in
        files) compopt -o default ;;
        folders) compopt -o dirnames ;;
        *nospace) compopt -o nospace ;;
    esac
}

complete -F _scfdeploy scfdeploy
