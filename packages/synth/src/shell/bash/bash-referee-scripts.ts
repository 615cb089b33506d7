/** Scripts of which a real bash and the simulated one must print the same. One script per entry; they use nothing but files of their own. */
export const REFEREE_SCRIPTS: readonly string[] = [
  // Words and quotes
  `echo a  b "c  d" 'e  f' g\\ h $'i\\tj' "k\\"l" 'm'"n"o`,
  `x="a  b"; echo $x; echo "$x"; echo $x$x; y=$x; echo "$y"; set -- $x; echo $#`,
  `set -- 1 "2 3" 4; for i in "$@"; do echo "<$i>"; done; for i in $@; do echo "<$i>"; done; for i in "$*"; do echo "<$i>"; done`,
  `set -- a b c; IFS=-; echo "$*"; echo $*; IFS=; echo "$*"; unset IFS; echo "$*"`,
  `x=; echo "<$x>"; set -- "" a ""; echo $#; echo "$@"; printf '<%s>' "$@"; echo`,
  `set --; printf '<%s>' "$@"; echo; printf '<%s>' "x$@y"; echo; printf '<%s>' "" "$@"; echo`,
  `IFS=:; x=a::b:; set -- $x; echo $#; printf '<%s>' "$@"; echo; y=" a : b "; set -- $y; printf '<%s>' "$@"; echo`,
  `IFS=': '; x=' a : b  :: c '; set -- $x; printf '<%s>' "$@"; echo`,
  `x='a b'; printf '<%s>' pre$x"q"$x; echo; printf '<%s>' $x""; echo; e=; printf '<%s>' $e"" ""$e; echo`,
  `echo {a,b}{1..3} {a..e..2} {01..10..3} {3..1} {a,b{c,d}} x{,y}z {single} {a,b "{a,b}" \\{a,b}`,
  `echo ~ ~/x "~" a=~; HOME=/h; echo ~; x=~/y; echo $x`,
  `echo $'\\x41\\u00e9\\101\\n\\'q' | od -An -c`,
  // Parameters
  `x=hello; echo \${x} \${#x} \${x:1} \${x:1:3} \${x: -3} \${x: -3:2} \${x:0:-1} \${y:-def} \${y-def} \${x:+alt} \${y:+alt}`,
  `x=; echo "\${x:-a}" "\${x-b}" "\${x:+c}" "\${x+d}"; echo \${z:=new} $z`,
  `p=/usr/local/lib/x.tar.gz; echo \${p##*/} \${p%/*} \${p#*/} \${p%%.*} \${p%.*} \${p#/*/} \${p##*.}`,
  `x=banana; echo \${x/a/o} \${x//a/o} \${x/#b/B} \${x/%a/A} \${x//[an]/_} \${x/x/y} \${x//a} \${x/na/<&>}`,
  `x="Hello World"; echo \${x^} \${x^^} \${x,} \${x,,} \${x^^[lo]} ; y=abc; echo \${y^} \${y^^b}`,
  `x=1; y=x; echo \${!y} \${!y:-q}; a_1=1 a_2=2; echo \${!a_*} "\${!a_@}"`,
  `x="a'b"; echo \${x@Q} \${x@U}; y='a b'; echo "\${y@Q}"; echo \${x@a}; declare -r z=1; echo \${z@a}`,
  `set -- a b c d; echo \${@:2} \${@:2:2} \${@: -1} \${#@} \${#} \${*:1:1} $0 \${@:0:2}`,
  `echo \${x:?must be set} ; echo not reached`,
  `set -u; echo \${x-ok}; echo $x; echo not reached`,
  `x=abc; echo \${x:1:-3} ; echo rest`,
  `echo "\${x:-"a b"}" \${x:-a   b} "\${x:-'q'}" \${x:-'q  r'}`,
  `x='*'; echo "\${x}" "\${y:-*}"; set -f; echo $x; set +f`,
  `unset x; x+=a; x+=b; echo $x; declare -i n=1; n+=2; echo $n; n=3*4; echo $n`,
  `x='a*b'; case 'a*b' in $x) echo 1;; esac; case aXb in "$x") echo 2;; $x) echo 3;; esac`,
  // Arrays
  `a=(1 2 "3 4" [10]=x y); echo \${a[@]} \${#a[@]} \${!a[@]} "\${a[2]}" \${a[-1]} \${a[11]}; unset 'a[1]'; echo \${!a[@]}`,
  `a=(x y z); for i in "\${a[@]}"; do echo $i; done; echo "\${a[*]}"; IFS=,; echo "\${a[*]}"; echo \${a[@]:1} \${a[@]:0:2} \${#a[1]}`,
  `declare -A m=([k]=v ["a b"]=c); m[z]=1; echo \${m[k]} "\${m[a b]}" \${#m[@]}; for k in "\${!m[@]}"; do echo "$k=\${m[$k]}"; done | sort`,
  `a=(b a); a+=(c); a[0]+=x; echo \${a[@]}; echo \${a[@]/a/Z} \${a[@]^^} \${a[@]#b}; b=("\${a[@]}" d); echo \${#b[@]}`,
  `a=($(echo 1 2 3)); echo \${a[1]}; i=2; echo \${a[i]} \${a[i-1]} \${a[$i]}; a[i]=q; echo \${a[2]}`,
  `declare -a e=(); echo \${#e[@]} "\${e[@]}"; e[3]=x; echo \${!e[@]}; declare -p e; s=v; declare -p s; declare -A h=([x]=1); declare -p h`,
  `f() { local -a l=("x y" z); echo \${#l[@]} "\${l[0]}"; }; f; readonly r=(1 2); echo \${r[1]}; export E="a b"; bash -c 'echo $E'`,
  `mapfile -t lines <<< $'a\\nb c\\nd'; echo \${#lines[@]} "\${lines[1]}"; readarray -n 1 one < <(printf 'q\\nr\\n'); echo -n "$one"`,
  // Arithmetic
  `echo $((1+2*3)) $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((2**10)) $((1<<4)) $((0xff)) $((010)) $((2#101)) $((16#fF)) $((~5)) $((!0)) $((5&3)) $((5|3)) $((5^3))`,
  `x=5; echo $((x++)) $x $((++x)) $((x--)) $((--x)) $((x+=3)) $((x*=2)) $x $((x>3?1:0)) $((x==16&&1)) $((0||0))`,
  `echo $((1,2)) $(( (1+2) * 3 )) $((1 ? 2 : 3 ? 4 : 5)) $((-2**2)) $((2**3**2)) $((5 - 3 - 1)) $((9223372036854775807+1))`,
  `a=b; b=7; echo $((a)) $((a+1)) $((undefined)); c='1+2'; echo $((c*2)); echo $(( $b + \${b} ))`,
  `((x=3)); echo $? $x; ((0)); echo $?; let y=2+3 z=y*2; echo $y $z; let 0; echo $?`,
  `for ((i=0, j=10; i<3; i++, j--)); do echo $i $j; done; for ((;;)); do break; done; echo $i`,
  `echo $((1/0)); echo not on this line`,
  `echo $((1/0))
echo next line`,
  `echo $((1 +)); echo x`,
  `echo $((08)); echo x`,
  `a=(3 4); echo $((a[0]+a[1])) $((a)) ; ((a[1]++)); echo \${a[1]}; i=0; ((a[i++]+=10)); echo \${a[0]} $i`,
  // Tests
  `[ 1 -lt 2 ] && echo a; [ b = b ] && echo c; [ -z "" ] && echo d; [ x ] && echo e; [ ! x ] || echo f; [ 1 -eq 1 -a 2 -eq 2 ] && echo g; [ a = b -o c = c ] && echo h; [ \\( a = a \\) ] && echo i`,
  `[ -f /etc/passwd ] && [ -d / ] && [ -e / ] && [ ! -e /nope ] && echo files; touch f; [ -s f ] || echo empty; echo x > f; [ -s f ] && echo full; [ f -ef f ] && echo same`,
  `[[ abc == a* ]] && echo 1; [[ abc == "a*" ]] || echo 2; [[ abc =~ ^a(.)c$ ]] && echo \${BASH_REMATCH[1]} \${#BASH_REMATCH[@]}; [[ -n x && ( a < b || q ) ]] && echo 3; [[ ! x ]] || echo 4; [[ 2 -gt 1 ]] && echo 5`,
  `r='^([a-z]+)-([0-9]+)$'; [[ foo-42 =~ $r ]] && echo "\${BASH_REMATCH[2]}"; [[ a.c =~ "a.c" ]] && echo q; [[ abc =~ "a.c" ]] || echo n; [[ -v HOME ]] && echo v; [[ 10 -eq 0xa ]] && echo hex`,
  `shopt -s nocasematch; [[ ABC == abc ]] && echo y; case ABC in abc) echo z;; esac; shopt -u nocasematch; [[ ABC == abc ]] || echo no`,
  `[ 1 -eq a ]; echo $?; [ a b ]; echo $?; test a b c; echo $?; [ 1 -eq 1; echo $?; [ ]; echo $?`,
  `x=; [ $x = a ]; echo $?; [ "$x" = a ]; echo $?; [ -n $x ] && echo odd`,
  // Control flow
  `if false; then echo a; elif true; then echo b; else echo c; fi; if ! false; then echo d; fi`,
  `for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done; echo end $i`,
  `for i in a b; do for j in 1 2 3; do [ $j = 2 ] && continue 2; echo $i$j; done; done; while :; do while :; do break 2; done; done; echo out`,
  `i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i`,
  `for x; do echo "$x"; done; set -- p q; for x; do echo $x; done; for x in; do echo none; done; echo $?`,
  `case abc in a) echo 1;; a*|x) echo 2;& z) echo 3;;& *c) echo 4;; *) echo 5;; esac; case x in y) ;; esac; echo $?`,
  `case "a b" in "a b") echo q;; esac; case '*' in \\*) echo star;; esac; case ab in ?[a-c]) echo set;; esac; case ] in []]) echo br;; esac`,
  `f() { echo "$1 $# $@"; return 3; }; f a b; echo $?; g() { x=1; local y=2; }; g; echo $x$y; unset -f f; f 2>/dev/null; echo $?`,
  `f() { local x=in; g; }; g() { echo $x; x=changed; }; x=out; f; echo $x; r() { [ $1 -le 0 ] && return; echo $1; r $(($1-1)); }; r 3`,
  `true && echo a || echo b; false && echo c || echo d; true || echo e; false || false; echo $?; ! true; echo $?`,
  `{ echo a; echo b; } | cat; ( x=1; echo $x ); echo "<$x>"; (exit 3); echo $?; { exit 4; }; echo never`,
  `set -e; true; false || true; if false; then :; fi; ! true; echo still; false; echo never`,
  `set -e; f() { false; echo in; }; f || echo or; f; echo never`,
  `set -e; x=$(false); echo never`,
  `set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $? \${PIPESTATUS[0]}; true | false | true; echo "\${PIPESTATUS[@]}"`,
  `eval 'x=1; echo $x'; eval "echo \\$x"; y='echo "a  b"'; eval $y; eval 'exit 7'; echo never`,
  `return 2; echo $?; shift 5; echo $?; break; echo $?`,
  `foo; echo $?; ./foo; echo $?; /tmp; echo $?; echo x > /nope/y; echo $?; cd /nope; echo $?`,
  `exit abc`,
  `readonly x=1; x=2; echo not reached`,
  `readonly x=1; x=2 echo a; unset x; echo $?; declare x=3; echo $?`,
  `f() { echo $FUNCNAME \${FUNCNAME[1]}; }; g() { f; }; g; echo "<$FUNCNAME>"`,
  // Redirections
  `echo a > f; echo b >> f; cat < f; cat f f; echo c >| f; cat f; : > f; wc -c < f`,
  `echo out; echo err >&2; { echo o; echo e >&2; } 2>&1 | sort; { echo o2; echo e2 >&2; } > both 2>&1; cat both; ls /nope &> all; wc -l < all`,
  `exec 3> f; echo x >&3; echo y >&3; exec 3>&-; cat f; exec 4< f; read a <&4; read b <&4; echo $a$b; exec 4<&-; echo z >&4; echo $?`,
  `cat <<E
a $((1+1)) \\$x \`echo q\` "d"
E
cat <<'E'
a $x
E
cat <<-E
	tab
		two
	E`,
  `cat <<< "a b"; x=v; cat <<< $x; read a b <<< "1 2 3"; echo $a-$b; while read -r l; do echo "<$l>"; done <<< $'x\\\\y\\n  z '`,
  `f() { cat; }; echo hi | f; f < <(echo sub); diff <(echo a) <(echo a) && echo same; echo x | tee f1 f2 > /dev/null; cat f1 f2`,
  `{ read a; read b; cat; } <<< $'1\\n2\\n3\\n4'; echo $a$b`,
  `echo a >&2 2>/dev/null; echo b 2>/dev/null >&2; (echo c >&3) 3>&1; exec 5>&1; echo d >&5; echo e 1>&2 2>&1`,
  `set -C; echo a > f; echo b > f; cat f; echo c >| f; cat f`,
  `exec {fd}> f; echo x >&$fd; exec {fd}>&-; cat f; [ $fd -ge 10 ] && echo high`,
  `while read a b; do echo "$b-$a"; done < <(printf '1 2\\n3 4 5\\n'); printf 'x' | while read v; do echo got $v; done; printf 'x' | { read v; echo $? $v; }`,
  // Substitutions
  `x=$(echo a; echo b); echo "$x"; echo $(echo c) \`echo d\` "$(echo "e f")"; y=$(printf 'q\\n\\n'); echo "<$y>"; echo $(exit 3) $?; z=$(exit 3); echo $?`,
  `echo $(echo $(echo $(echo deep))); echo "$(echo "$(echo 'a  b')")"; echo \`echo \\\`echo nested\\\`\``,
  `echo x > f; echo $(< f); v="$(cat <<E
in here
E
)"; echo "$v"`,
  // Globs
  `touch a.txt b.txt c.md .h; echo *.txt; echo *; echo .h*; echo [ab].*; echo ?.md; echo *.nope; echo "*.txt"; x='*.md'; echo $x "$x"; mkdir d; touch d/e; echo */*; echo d/`,
  `shopt -s nullglob; echo x *.nope y; shopt -u nullglob; shopt -s dotglob; touch .z; echo *; shopt -s extglob; touch a.c b.c; echo !(a).c; echo @(a|b).c`,
  `mkdir -p p/q/r; touch p/1 p/q/2 p/q/r/3; shopt -s globstar; echo p/**; echo **/3; for f in p/*; do echo $f; done`,
  // Builtins
  `printf '%s-%d|%5s|%-5s|%05d|%x|%X|%o|%c|%%|%.2f|%e|%g\\n' a 42 b c 7 255 255 8 xyz 3.14159 12345.678 0.0001`,
  `printf '%s\\n' a b c; printf '%s %s\\n' 1 2 3; printf 'x\\ty\\n'; printf '%b' 'a\\tb\\n'; printf '%q\\n' 'a b' "it's" ''; printf -v v '%03d' 5; echo $v; printf '%d\\n' 0x10 010 "'A"; printf '%d\\n' abc; echo $?`,
  `printf '%*d|%-*d|%.*f\\n' 5 1 5 2 2 3.14159; printf '%+d % d %#x %#o\\n' 5 5 255 8; printf '%s'; echo; printf '%i %u\\n' -5 3; printf '\\x41\\101\\n'`,
  `echo -n a; echo -e 'b\\tc\\n'; echo -E 'd\\n'; echo -ne 'e\\c'; echo f; echo -- g; echo -x h; echo -e '\\0101\\x42'`,
  `read -r a b c <<< "1 2 3 4"; echo "$c"; IFS=: read x y <<< "p:q:r"; echo "$x $y"; read -a arr <<< "a b c"; echo \${arr[1]}; read -d: v <<< "up:to"; echo $v; read -n 3 w <<< abcdef; echo $w; read z < /dev/null; echo $?`,
  `read a b <<< '  x   y  z  '; echo "<$a><$b>"; IFS=, read a b c <<< 'x,,z,'; echo "<$a><$b><$c>"; read l <<< 'a\\tb'; echo "$l"; echo 'one\\
two' | { read m; echo "$m"; }; read <<< ' rep '; echo "<$REPLY>"`,
  `type cd | head -1; type -t if echo cat nope; command -v echo; type nope; f() { :; }; type -t f; command echo hi; builtin echo yo`,
  `set -- a b c; shift; echo $*; shift 2; echo $#; set -- -x; echo $1; set -- ; echo $#; set a b; echo $2; set -e -- q; echo $1 $-  | cut -c1-3`,
  `while getopts ab:c o -a -b val -c rest; do echo "$o $OPTARG"; done; echo $OPTIND; OPTIND=1; getopts x o -y; echo $o; OPTIND=1; getopts :x: o -x; echo $o $OPTARG`,
  `f() { local OPTIND; while getopts 'n:v' o; do echo $o-$OPTARG; done; shift $((OPTIND-1)); echo "rest: $*"; }; f -vn5 -v a b; f -n 6 c`,
  `export A=1; B=2; bash -c 'echo $A-$B'; C=3 bash -c 'echo $C'; echo "<$C>"; export -n A; bash -c 'echo "<$A>"'; unset A; echo "<$A>"; env -i X=1 /bin/echo x`,
  `declare -i n; n=2+3; echo $n; declare -u s=abc; echo $s; declare -l t=ABC; echo $t; declare -n ref=s; echo $ref; ref=new; echo $s; f() { local -n r=$1; r=set; }; f q; echo $q`,
  `declare -x V=1; declare -p V; declare -r W=2; declare -p W; declare -ir N=3; declare -p N; x=$'a\\nb'; declare -p x; y='q"r$s'; declare -p y; declare -p nope`,
  `cd /; pwd; cd usr; pwd; cd ..; cd -; cd - > /dev/null; pwd; cd /usr/./bin/../; pwd; pushd /tmp > /dev/null; pwd; popd > /dev/null; pwd`,
  `trap 'echo bye $?' EXIT; echo x; exit 3`,
  `trap 'echo err $?' ERR; false; true; ! true; if false; then :; fi; false || echo no; (exit 4); echo end`,
  `trap 'echo got' USR1; kill -USR1 $$; echo after; trap - USR1; trap -p; trap 'echo x' TERM INT; trap -p; trap '' HUP; kill -HUP $$; echo alive`,
  `(trap 'echo sub' EXIT; echo in); trap 'echo outer' EXIT; (echo no trap here); x=$(trap 'echo t' EXIT; echo y); echo "$x"`,
  `sleep 0.05 & wait $!; echo $?; (exit 5) & wait $!; echo $?; wait; echo $?; wait 99999; echo $?`,
  `(sleep 0.1; exit 3) & a=$!; (exit 4) & b=$!; wait $a; echo $?; wait $b; echo $?; { sleep 1; echo late; } & echo early; wait`,
  `sleep 5 & kill $!; wait $!; echo $?; sleep 5 & kill -9 %1; wait %1; echo $?; kill 99999; echo $?`,
  `x=1; x=2 & wait; echo $x; f() { echo bg; }; f & wait; for i in 1 2; do (echo $i) & wait; done`,
  `echo a | cat | tr a b; echo x | (read y; echo "<$y>"); yes | head -2; seq 1 1000000 | head -1; true | false; echo $?`,
  `timeout 0.1 sleep 5; echo $?; timeout 5 true; echo $?; timeout 5 bash -c 'exit 7'; echo $?; timeout 1 nope_cmd; echo $?; timeout -s KILL 0.1 sleep 5; echo $?`,
  `RANDOM=42; echo $RANDOM $RANDOM $RANDOM; RANDOM=1; echo $RANDOM; [ $((RANDOM)) -lt 32768 ] && echo ok`,
  `SECONDS=100; echo $SECONDS; echo $((SECONDS+1)); [ $EPOCHSECONDS -gt 0 ] && echo ok; echo $LINENO; 
echo $LINENO`,
  `echo $BASH_SUBSHELL; (echo $BASH_SUBSHELL); echo \${#BASH_VERSINFO[@]} $UID > /dev/null; [ "$$" = "$BASHPID" ] && echo same; ( [ "$$" = "$BASHPID" ] || echo differ )`,
  `alias ll='ls -l'; alias ll; unalias ll; alias ll 2>/dev/null; echo $?; hash; ulimit -n > /dev/null; umask; umask 077; umask; times > /dev/null; echo $?`,
  `source /dev/stdin <<< 'x=sourced; echo $1' arg; echo $x; echo 'return 5; echo never' > f; . ./f; echo $?; . ./nope; echo $?`,
  `echo 'echo "script $0 $1"' > s.sh; bash s.sh a; chmod +x s.sh; ./s.sh b; printf '#!/bin/bash\\necho shebang $*\\n' > t; chmod +x t; ./t 1 2; ./nope; chmod -x t; ./t; echo $?`,
  `bash -c 'echo $0 $1 $#' name a b; bash -c 'exit 9'; echo $?; echo 'echo from stdin' | bash; bash -e -c 'false; echo never'; echo $?; bash -x -c 'echo hi' 2>&1`,
  `set -x; x=1; echo $x "a b" 'c'; [ 1 = 1 ]; [[ a == b ]]; for i in 1; do :; done; set +x; echo done`,
  `printf 'a b\\nc d\\n' | xargs -n1 echo x; printf '1\\n2\\n' | xargs -I{} echo item {}; echo "a 'b c' d" | xargs -n1; printf 'x\\0y z\\0' | xargs -0 -n1 echo; echo | xargs -r echo never; echo 3 | xargs`,
  `seq 3; seq 2 4; seq 1 2 7; seq -s, 3; seq -w 8 10; seq 3 -1 1; seq 0.5 0.5 1.5`,
  `printf '1\\n2\\n3\\n4\\n' > f; head -n 2 f; tail -n 2 f; tail -n +3 f; head -n -1 f; head -c 3 f; tail -c 2 f; head -1 f; cat -n f; tac f; cat f - <<< in`,
  `date -u -d @0; date -u -d @86399 +%H:%M:%S; date -u -d '2024-02-29 12:34:56' +'%Y/%m/%d %j %U %V %u %w %A %B %e %k %l %p %s %y %C %D %F %T %R'; date -u -d '2024-01-31 +1 day' +%F; date -u -d 'nonsense'; echo $?; date -u -d @1.5 +%s.%N; date -u -d @0 -Iseconds; date -u -R -d @0`,
  `date -u -d '2021-11-01 00:00 tomorrow' +%F; date -u -d '2021-11-01 2 weeks ago' +%F; date -u -d '1 Nov 2021 10:00 PM' +%FT%T; date -u -d '20211101' +%a; date -u -d '2021-11-01T10:00:00Z' +%s; date -u -d '2021-11-01 10:00:00 +0200' +%T`,
  `sleep abc; echo $?; sleep; echo $?; sleep 0; echo $?; seq; echo $?; timeout; echo $?; head -n x; echo $?; date -q; echo $?; cat /nope; echo $?; tail -n 1 /nope; echo $?; env nope_cmd; echo $?; xargs -n x; echo $?`,
  `if true; done`,
  `echo "unterminated`,
  `for i in 1 2; do echo $i`,
  `echo a; )`,
  `echo ok && && echo no`,
  `f() { echo a; }; declare -F f; unset f; declare -F f; echo $?; g() { return; }; g; echo $?; false; g; echo $?`,
  `x=a; { x=b; }; echo $x; (x=c); echo $x; x=d | true; echo $x; echo y | read x; echo $x; shopt -s lastpipe; echo z | read x; echo $x`,
  `a="1 2 3"; for i in $a; do s=$((s+i)); done; echo $s; n=0; while read -r _; do ((n++)); done < <(seq 5); echo $n; echo $((n>3)) $((n<3))`,
  `i=5; while ((i-- > 0)); do ((i % 2)) && continue; echo $i; done; until ((i >= 2)); do ((i += 1)); done; echo $i; ((i == 2)) && echo two`,
  `str="a,b,,c"; IFS=, read -ra parts <<< "$str"; echo \${#parts[@]}; printf '[%s]' "\${parts[@]}"; echo; IFS=$'\\n' lines=($(printf 'x y\\nz\\n')); echo \${#lines[@]} "\${lines[0]}"`,
  `x=10; [ "$x" -gt 5 ] && [ "$x" -lt 20 ] && echo mid; [ "abc" \\< "abd" ] && echo lt; [ -z "\${undefined_var}" ] && echo unset; test -n "a" && echo nonempty`,
  `echo "$(for i in 1 2 3; do echo "line $i"; done | grep -v 2 | wc -l)"; echo "total: $(( $(echo 3) + $(echo 4) ))"; v=\`expr 3 + 4\`; echo $v; basename /a/b.txt .txt; dirname /a/b.txt`,
  `printf '%s\\n' b a c | sort | uniq -c | awk '{print $2, $1}'; echo "k=v" | cut -d= -f2; echo hello | sed 's/l/L/g'; echo abc | rev; printf 'x\\ny\\n' | paste -sd+; echo a:b | tr : '\\n' | nl | wc -l`,
  `trap 'echo int' INT; kill -INT $$; echo after; (kill -TERM $BASHPID; echo never); echo $?; bash -c 'kill -KILL $$'; echo $?`,
  `f() { return 300; }; f; echo $?; (exit 256); echo $?; (exit -1); echo $?; exit 511`,
  `IFS= read -r line <<< '  keep  '; echo "<$line>"; IFS=$'\\t' read a b <<< $'x y\\tz'; echo "$a|$b"; echo -e 'a\\nb' | while IFS= read -r l; do echo "[$l]"; done`,
  `cat <<A <<B
first
A
second
B
echo $?; cat <<"E F"
quoted $x
E F`,
  `x=$(cat <<'E'
it's (odd) "text" \`here\`
E
); echo "$x"; echo "$(echo ')')"; echo $(echo '#' not a comment) # comment`,
  `time_is() { :; }; time_is; ! ! true; echo $?; ((!1)); echo $?; [[ ! -e /nope && -d / ]]; echo $?`,
  `set -- {1..12}; echo \${10} $10 \${12}; echo "\${@:10}"; echo \${#10}; eval "last=\\\${$#}"; echo $last`,
  `unset a; a[2]=x; echo "\${a[@]}" \${#a[@]}; a=(); echo \${#a[@]}; b=(1); unset b; echo "<\${b[@]}>"; c=(1 2 3); c=("\${c[@]:1}"); echo \${c[@]}; echo \${c[5]:-none}`,
  `wait -n; echo $?; (sleep 0.05; exit 2) & (sleep 5) & wait -n; echo $?; kill %2; wait; echo $?`,
  // What the parser reads in another way, and random scripts came upon
  `n=0; until ((n>=3)); do ((n++)) ; done; echo $n; ((n<=3)) && echo le; ((n<<=2)); echo $n; ((x=1<<4,x>>=1)); echo $x`,
  `((!n)) && echo not; (( (n>=0) && (n<=2) )); echo $?; ((a["1"]=5)); echo \${a[1]}; if ((a[1]>=5)); then echo ge; fi`,
  `for ((i=1<<2;i>=1;i>>=1)); do echo $i; done; for ((i=1;i<20;i<<=1)); do echo -n "$i "; done`,
  `((1 +)); echo $?; ((1/0)); echo $?; ((x = $(echo "2 3" | wc -w) * 2)); echo $x; (("x" > 3)) && echo gt`,
  `((echo a); echo b); ( (echo c) ); ((echo d) | cat); echo "((x>=1))" '((y>=2))'; cat <<X
((z>=3)) $((1<<2))
X
((1)) && echo "$( ((3>=2)) && echo yes)"`,
  `f() { (( $1 >= 2 )) && return 1; return 0; }; f 3; echo $?; f 1; echo $?; case a in a) ((1>=1)) && echo in;; esac; x=$((5>=3)); echo $x # ((`,
  `set -x; ((n>=1)); ((n=3)); for ((i=0;i<1;i++)); do :; done`,
  `((x=5)) & wait; echo $?; arr=(1 2 3); ((\${#arr[@]}>=3)) && echo full; ((arr[1]+=5)); echo \${arr[@]}`,
  `if ((1>2)); then echo a; elif ((2>=2)); then echo b; else ((3)); fi; ((  )); echo $?; (( 0 )) || echo zero`,
  `x=; for p in "" "*"; do echo "[\${x/#$p/r}][\${x/%$p/r}][\${x/$p/r}][\${x//$p/r}]"; done; unset x;  for p in "" "*"; do echo "[\${x/#$p/r}][\${x/%$p/r}][\${x/$p/r}][\${x//$p/r}]"; done; x=ab; for p in "" "*"; do echo "[\${x/#$p/r}][\${x/%$p/r}][\${x/$p/r}][\${x//$p/r}]"; done; a=("" b); echo "[\${a[@]/#/r}]" "[\${a[@]/%*/r}]"`,
  `set -u; trap 'echo EXIT $? a$x' EXIT; true`,
  `set -u; trap 'echo EXIT $? a$x; echo n' EXIT; exit 5`,
  `x=1; echo $(( ((x)?($x):1) )) "$(( ((x)+1) )) c" $((((x)+1)*2)) $(( (((x))+1)*2 )) $(((x = x) + !($?))) $((\${x}+$(echo 2)*((3))))`,
  `a=(1 2); k=1; echo \${a[k]} \${a[$k]} \${a[(k)]} \${a["k"]}; declare -A m; m["a b"]=1; echo \${m["a b"]} \${m[a b]}; ((m["a b"]++)); echo \${m[@]}`,
  `x=5; cat <<E
!($x) ?($x) @(a|$x) $'t\\tu' $"q" "$x" \\$x \\(
a \`echo hi\` $((x+1)) '$x' [$x] *(\${x}) \\\\ \\n
E
echo "!($x) $'a\\tb' @($x)"`,
  `echo hi > f; { cat f; } >> f; echo $?; cat f; cat f > f; echo $?; cat f`,
  `for x in a=b c= d=$y; do echo $x; done; case a=b in a=*) echo m;; esac; case x in x) y=1; echo $y;; esac; for x
do :; done; for i in k=v; do z=$i; echo $z; done; if true; then for q in a=1 b; do echo $q; done; fi`,
  `echo "$x""a\\"b"a; echo ""a; echo "x""a\\"b"; echo "a\\"b"; echo ""'b'; echo "$x"a\\"b; echo "$x""ab"; y=1; echo "$y""a\\"b"c`,
  `set -u; { cat <<X
\${x}
X
} | cat; echo n`,
  `f() { trap 'echo ERR $?' ERR; return 4; }; f; echo; false; f`,
  `set -u; cat < $x | cat; echo n; (cat < $x); echo $(cat > $x) | cat; echo z`,
  `declare -i n; n="<>"; echo a
echo b`,
  `set -u; cat <<X
$q
X
echo $?; echo $(cat <<< $q); (cat < $q); echo $?; /bin/echo hi > $q; echo $?; set -e; cat <<< $q; echo n`,
  `declare -i n=5; n+=3; echo $n; n=x+2; echo $n; read n <<< 4+4; echo $n; for n in 1+1 2; do echo $n; done`,
  `f $(printf '<%s>' $((0x1f<=0x1f<=($#)?(x):(r[1]))); echo)
(($x))`,
  `nope
((0)); echo $?
(($x)); echo $?`,
  `nope
(())`,
  `nope
(($x))
echo $?
((
x
)); echo $?`,
  `declare -u z; echo \${z:=abc} $z; declare -i i; echo \${i:=2+3}`,
  `x="$(r=($((0x1f<=$#<=$x))))"; echo "$(echo $#)" $(echo $(( $# + 2#11 )) a#b) "$(echo "$#")" # c`,
  `env | grep ^_=; /usr/bin/env | grep ^_=; bash -c "env | grep ^_="`,
  `diff <(printf '1\\n2\\n') <(printf '1\\n3\\n'); echo $?; printf 'a\\nb\\nc\\n' > f; printf 'a\\nx\\nc\\nd' > g; diff f g; diff f f && echo same; diff -q f g; diff -s f f; printf 'a\\nb\\n' | diff - f; diff f nope; echo $?; diff -u f g | tail -n +3; seq 20 > h; seq 20 | sed '3d;15s/$/x/' > i; diff h i; diff -u h i | tail -n +3; diff -U1 h i | tail -n +3`,
  `sort -t: -k2n <<< $'b:2\\na:1\\nc:10'; sort -u <<< $'b\\na\\nb'; uniq -c <<< $'a\\na\\nb'; printf '<1>\\n<>\\na\\nB\\n_\\nA\\nb\\n' > f; sort f; sort -f f; sort -r f; echo; printf 'x 10\\ny 9\\nz 10\\n' > g; sort -k2,2n -k1,1r g; sort -k2 g; sort -k2nr g; sort -nk2 -s g; sort -k 1.2 g; sort -c g; echo $?; sort -c f; echo $?`,
  `printf '1K\\n2M\\n3\\n1G\\n' | sort -h; printf 'v1.10\\nv1.9\\nv1.2\\n' | sort -V; printf '10\\n9\\n-1\\n1.5\\n\\nx\\n' | sort -n; printf '10\\n9\\n1e3\\n' | sort -g; printf 'Mar\\nJan\\nFeb\\n' | sort -M; printf 'b\\na\\n' > f; sort -o f f; cat f; sort nope; echo $?; sort -k0 f; echo $?; sort -t ab f; echo $?; printf '  b\\n a\\nc\\n' | sort; printf '  b\\n a\\nc\\n' | sort -b; printf '10.0.1.5\\n10.0.1.12\\n9.1.1.1\\n' | sort -t. -k1,1n -k2,2n -k3,3n -k4,4n; printf 'b 1\\na 1\\n' | sort -k2,2 -u`,
  `printf 'a\\0b\\n' | tr '\\0' '\\n'; tr '\\101' x <<< ABC; echo a1b2 | tr -d '[:digit:]'; echo abc | tr -s b; uniq -c <<< $'x\\n12 y\\n12 y'; uniq -d <<< $'a\\na\\nb'; printf 'a b\\n' | tr ' ' '\\n' | sort | uniq -c | sort -rn | head -1`,
  `set -euo pipefail; x=\${UNSET_VAR}; echo never`,
  `trap 'echo err $LINENO $?' ERR; false; echo after; f() { false; }; f; set -E; f; (false); echo end`,
  `trap 'echo err' ERR; f() { false; echo in; }; f; g() { (false); }; g; false || true; if false; then :; fi; ! true; false | true; true | false; echo x`,
  `bash -n -c 'if'; echo $?; bash -n -c 'echo hi'; echo $?; echo 'fi' | bash; echo $?; echo 'echo $x; echo \${y:?z}; echo n' > s; bash s; echo $?`,
  `env | grep ^_=; ls / > /dev/null; echo $_; ( (echo $BASH_SUBSHELL) ); echo $BASH_SUBSHELL; [ $PPID -gt 0 ] && (( $PPID > 0 )) && echo ppid`,
]
