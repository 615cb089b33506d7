/** Long names of the switches of `set`. */
export type SetOption =
  | 'allexport'
  | 'errexit'
  | 'errtrace'
  | 'noclobber'
  | 'noglob'
  | 'nounset'
  | 'pipefail'
  | 'xtrace'

/** Switches of `set` with the letters that set them too. */
export const SET_OPTIONS: Readonly<Record<SetOption, string | undefined>> = {
  allexport: 'a',
  errexit: 'e',
  errtrace: 'E',
  noclobber: 'C',
  noglob: 'f',
  nounset: 'u',
  pipefail: undefined,
  xtrace: 'x',
}

/** Options of `set` that change nothing here, because there is no terminal to edit on, no history and no job control. */
export const SET_OPTIONS_WITHOUT_EFFECT: Readonly<Record<string, string | undefined>> = {
  braceexpand: 'B',
  emacs: undefined,
  hashall: 'h',
  histexpand: 'H',
  history: undefined,
  'interactive-comments': undefined,
  monitor: 'm',
  nolog: undefined,
  notify: 'b',
  vi: undefined,
}

/** Names of the switches of `shopt`. */
export type ShoptOption =
  | 'dotglob'
  | 'extglob'
  | 'failglob'
  | 'globstar'
  | 'lastpipe'
  | 'nocaseglob'
  | 'nocasematch'
  | 'nullglob'
  | 'xpg_echo'

/** Switches of `shopt`, with their values in a shell that runs a script. */
export const SHOPT_DEFAULTS: Readonly<Record<ShoptOption, boolean>> = {
  dotglob: false,
  extglob: false,
  failglob: false,
  globstar: false,
  lastpipe: false,
  nocaseglob: false,
  nocasematch: false,
  nullglob: false,
  xpg_echo: false,
}

/** Switches of `shopt` that change nothing here. */
export const SHOPT_WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'autocd',
  'cdspell',
  'checkhash',
  'checkjobs',
  'checkwinsize',
  'cmdhist',
  'complete_fullquote',
  'dirspell',
  'expand_aliases',
  'force_fignore',
  'globasciiranges',
  'globskipdots',
  'histappend',
  'histreedit',
  'histverify',
  'hostcomplete',
  'huponexit',
  'inherit_errexit',
  'interactive_comments',
  'lithist',
  'login_shell',
  'mailwarn',
  'no_empty_cmd_completion',
  'nocaseglob',
  'patsub_replacement',
  'progcomp',
  'promptvars',
  'shift_verbose',
  'sourcepath',
  'varredir_close',
])
