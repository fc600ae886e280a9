# Completion of trencadis for fish: trencadis complete fish | source
complete -c trencadis -f -a '(trencadis complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
