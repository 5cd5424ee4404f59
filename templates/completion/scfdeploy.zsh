#compdef scfdeploy
# zsh completion for scfdeploy. Written by `scfdeploy completion zsh`.

_scfdeploy() {
    local directive line value description
    local -a lines values displays spacing
    # By its name only: a path such as ./scfdeploy could be a file of the project.
    lines=("${(@f)$(command scfdeploy __complete zsh $((CURRENT - 1)) "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    directive=$lines[1]
    [[ -n $directive ]] || return 1
    [[ $PREFIX == --*=* ]] && compset -P '*='
    case $directive in
        files) _files; return ;;
        folders) _files -/; return ;;
        *nospace) spacing=(-S '') ;;
    esac
    for line in "${(@)lines[2,-1]}"; do
        value=${line%%$'\t'*}
        description=${line#*$'\t'}
        values+=("$value")
        displays+=("${(r:28:)value}${description:+  -- $description}")
    done
    if [[ -n ${(M)lines[2,-1]:#*$'\t'?*} ]]; then
        compadd -l "${(@)spacing}" -d displays -a values
    else
        compadd "${(@)spacing}" -a values
    fi
}

if [[ $funcstack[1] == _scfdeploy ]]; then
    _scfdeploy "$@"
else
    compdef _scfdeploy scfdeploy
fi
