// The configuration file of rtpengine, as text. Every number here was found by measurement: a mix buffer shorter than
// 200 ms swallows sounds, without dtmf-no-suppress a member goes mute for ten seconds after a key, and short time-outs
// delete rooms in which nobody happens to speak. A buffer delay of 20 ms hangs the daemon under packet loss. With 200 and 5
// it ends by an assertion, once in four times, when 20 phones send at once what a hold-up of 250 ms had kept, and is put
// back in half a second: a source finds the buffer exactly full. 201 and 0, 202 and 5 survive that, but then a phone that
// sends back what it hears was heard at full scale for good in one of 17 calls on a busy machine; 200 and 0 goes deaf to all but one.
import type { PortLayout } from './port-layout.js';

export interface RtpengineConfig {
  /** IPv4 address that phones send to. */
  readonly address: string;
  readonly layout: PortLayout;
  /** On 127.0.0.1. */
  readonly ngPort: number;
  /** On 127.0.0.1; where key presses are reported. */
  readonly dtmfPort: number;
  readonly threads: number;
  readonly debug: boolean;
}

/** One option per line; sections for the logical interfaces. */
export function rtpengineConfig(config: RtpengineConfig): string {
  const { layout } = config;
  const lines = [
    '[rtpengine]',
    'table = -1',
    'foreground = true',
    'log-stderr = true',
    `log-level = ${config.debug ? 6 : 4}`,
    `listen-ng = 127.0.0.1:${config.ngPort}`,
    `dtmf-log-dest = 127.0.0.1:${config.dtmfPort}`,
    'dtmf-no-suppress = true',
    'delete-delay = 0',
    'timeout = 86400',
    'silent-timeout = 86400',
    'audio-buffer-length = 200',
    'audio-buffer-delay = 5',
    'jitter-buffer = 6',
    'jb-adaptive = true',
    'jb-adaptive-max = 120',
    `num-threads = ${config.threads}`,
    'interfaces-config = slot',
    // The first interface is the default.
    '[slot-inner]',
    'address = 127.0.0.1',
    `port-min = ${layout.innerPorts.first}`,
    `port-max = ${layout.innerPorts.last}`,
  ];
  for (const slot of layout.slots) {
    lines.push(
      `[slot-${slot.name}]`,
      `address = ${config.address}`,
      `port-min = ${slot.port}`,
      `port-max = ${slot.port + 1}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
