import t from 'tap';
import { parseSipInfo } from '../../src/dtmf/index.js';

void t.test('the bodies that phones send', (t) => {
  const cases: [string, string, string, number][] = [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5', 160],
    ['application/dtmf-relay', 'Signal= 5\nDuration= 250', '5', 250],
    ['application/dtmf-relay', ' signal = * \r\n duration = 100 ', '*', 100],
    ['Application/DTMF-Relay; charset=utf-8', 'Signal=#\r\n', '#', 0],
    ['application/dtmf-relay', 'Signal=10\r\nDuration=160', '*', 160],
    ['application/dtmf-relay', 'Signal=11\r\nDuration=160', '#', 160],
    ['application/dtmf-relay', 'Signal=12', 'A', 0],
    ['application/dtmf-relay', 'Signal=d', 'D', 0],
    ['application/dtmf-relay', 'Signal=7\r\nDuration=abc', '7', 0],
    ['application/dtmf-relay', 'Signal=7\r\nDuration=999999', '7', 60_000],
    ['application/dtmf', '9', '9', 0],
    ['application/dtmf', ' 0 \r\n', '0', 0],
    ['application/dtmf', '11', '#', 0],
    ['application/dtmf', 'Signal=3\r\nDuration=200', '3', 200],
    ['application/dtmf-relay', '4', '4', 0],
  ];
  for (const [type, body, digit, durationMs] of cases) {
    t.strictSame(parseSipInfo(type, body), { digit, durationMs }, JSON.stringify(body));
  }
  t.end();
});

void t.test('everything else is no key', (t) => {
  const cases: [string, string][] = [
    ['text/plain', '5'],
    ['', '5'],
    ['application/media_control+xml', '<x/>'],
    ['application/dtmf', ''],
    ['application/dtmf', '55'],
    ['application/dtmf', '16'],
    ['application/dtmf-relay', 'Signal=\r\nDuration=100'],
    ['application/dtmf-relay', 'Signal=x'],
    ['application/dtmf-relay', 'Duration=100'],
    ['application/dtmf-relay', '=5'],
    ['application/dtmf-relay', `Signal=5\r\n${'x'.repeat(600)}`],
  ];
  for (const [type, body] of cases) t.equal(parseSipInfo(type, body), undefined, JSON.stringify(body));
  t.end();
});
