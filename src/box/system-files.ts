// The files of systemd-networkd, wpa_supplicant and the services that follow from partyline.txt, as text. All of them
// live under /run, so that a box never keeps what its text file no longer says.
import { pbkdf2Sync } from 'node:crypto';
import type { StaticAddress } from '../appliance/index.js';
import type { BoxFile, Wifi } from './box-file.js';

export interface SystemFile {
  /** Below /run. */
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

export function systemFiles(box: BoxFile): SystemFile[] {
  const { wifi, fixed, adminPassword, startCode, sshKeys, syslog } = box;
  const files: SystemFile[] = [
    cableFile(fixed),
    {
      path: 'partyline/settings.env',
      content: [
        ...(adminPassword === undefined ? [] : [`PARTYLINE_ADMIN_PASSWORD=${quoted(adminPassword)}\n`]),
        ...(startCode === undefined ? [] : [`PARTYLINE_START_CODE=${startCode}\n`]),
      ].join(''),
      mode: 0o600,
    },
  ];
  if (wifi) {
    files.push(
      // A fixed address is meant for the cable: on two interfaces at once it would work on neither.
      { path: 'systemd/network/20-wifi.network', content: network('Type=wlan', undefined, 600), mode: 0o644 },
      { path: 'partyline/wpa_supplicant.conf', content: supplicant(wifi), mode: 0o600 },
    );
  }
  if (sshKeys.length > 0) {
    files.push({ path: 'partyline/authorized_keys', content: `${sshKeys.join('\n')}\n`, mode: 0o644 });
  }
  if (syslog) {
    files.push({
      path: 'partyline/syslog.env',
      content: `SYSLOG_HOST=${syslog.host}\nSYSLOG_PORT=${syslog.port}\n`,
      mode: 0o644,
    });
  }
  return files;
}

export function cableFile(fixed: StaticAddress | undefined): SystemFile {
  // With both plugged in, the cable is the way out.
  const content = network('Type=ether', fixed, 100);
  return { path: 'systemd/network/10-ethernet.network', content, mode: 0o644 };
}

/**
 * The link-local address stays beside a fixed one, so that a wrong fixed address leaves a way in: the box still
 * answers to its mDNS name on the cable.
 */
function network(match: string, fixed: StaticAddress | undefined, metric: number): string {
  const lines = ['[Match]', match, '[Network]', 'LinkLocalAddressing=yes'];
  if (fixed) {
    lines.push('DHCP=no', `Address=${fixed.address}/${fixed.prefix}`);
    for (const server of fixed.dns) lines.push(`DNS=${server}`);
    if (fixed.gateway) lines.push('[Route]', `Gateway=${fixed.gateway}`, `Metric=${metric}`);
  } else {
    // By its MAC address a router knows the box again, over a factory reset too. Its name is its own.
    lines.push('DHCP=yes', '[DHCPv4]', 'ClientIdentifier=mac', 'UseHostname=no', `RouteMetric=${metric}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The name goes in as hexadecimal and the password as its key (IEEE 802.11, PBKDF2): no character needs a quote. */
function supplicant({ name, password, country }: Wifi): string {
  const key = password && pbkdf2Sync(password, name, 4096, 32, 'sha1').toString('hex');
  return [
    ...(country ? [`country=${country}`] : []),
    'network={',
    `  ssid=${Buffer.from(name).toString('hex')}`,
    '  scan_ssid=1',
    ...(key ? ['  key_mgmt=WPA-PSK', `  psk=${key}`] : ['  key_mgmt=NONE']),
    '}',
    '',
  ].join('\n');
}

/** For an EnvironmentFile of systemd: in double quotes only these four are special. */
function quoted(value: string): string {
  return `"${value.replace(/["\\$`]/g, '\\$&')}"`;
}
