#compdef trencadis
# Completion of trencadis for zsh: source <(trencadis complete zsh)
_trencadis() {
  local -a described folders
  local line word
  while IFS= read -r line; do
    word=${line%%$'\t'*}
    if [[ $word == */ ]]; then folders+=("$word"); else described+=("${word//:/\\:}:${line#*$'\t'}"); fi
  done < <(trencadis complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( ${#folders} )) && compadd -S '' -- "${folders[@]}"
  (( ${#described} )) && _describe trencadis described
}
compdef _trencadis trencadis
