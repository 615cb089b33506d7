/**
 * Programs that people call on instances and the simulation does not have. They are refused by name, as `command not found` would look
 * like something to install.
 */
const NOT_SIMULATED: ReadonlySet<string> = new Set(
  `apk apt apt-get aptitude arp arping at aws batch bc brew cargo chown chroot cmake composer cron crontab ctr dd dc df dhclient dmesg dnf
  docker dpkg emacs ethtool fdisk fg-console ffuf free gcc g++ gdb git go gobuster gpg groupadd hexdump hping3 htop hydra ifconfig iftop
  iotop iperf iperf3 iptables ip6tables java journalctl kubectl last less lftp lsblk lscpu lsmod lsof lynx make man masscan mkfifo mkfs more
  mount msfconsole mtr mysql nano ncat netstat nft nginx nikto node npm ntpdate nvme openssl passwd pgrep perl php pidof ping6 pip pip3 pkill
  podman psql python python2 python3 redis-cli route rpm rsync ruby scp screen script service sftp shutdown reboot smbclient snap socat
  sqlite3 sqlmap ss ssh-keygen ssh-keyscan strace su sysctl systemctl systemd-run systemd-resolve resolvectl tc tcpdump telnet terraform
  tmux top traceroute6 tracepath truncate tshark tzselect ufw umount useradd usermod vi vim vmstat w watch who whois xxd yum zip unzip zmap zsh`
    .split(/\s+/)
    .filter((name) => name !== ''),
)

/** Why a program is not there: `not simulated` for those that an instance could have, else what the caller says of any other name. */
export function missingReason(command: string, otherwise: string): string {
  const name = /^(?:\/usr)?(?:\/local)?\/s?bin\/([^/]+)$/.exec(command)?.[1] ?? command
  return NOT_SIMULATED.has(name) ? 'not simulated' : otherwise
}
