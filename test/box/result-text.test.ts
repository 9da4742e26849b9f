import t from 'tap';
import { acceptFile } from '../../src/box/accepted-file.js';
import { resultText } from '../../src/box/result-text.js';

const facts = { version: '1.2.3', startCode: 'ABCD-EFGH', ofPage: false };

void t.test('says what is in force, with the line ends of Windows', (t) => {
  const text = resultText(
    acceptFile('name = lobby\naddress = 10.0.0.5/8\ngateway = 10.0.0.1\nwifi-name = Office', undefined),
    facts,
  );
  t.match(text, /^Partyline 1\.2\.3/);
  t.match(text, 'Everything in partyline.txt is used.\r\n');
  t.match(text, 'http://lobby.local');
  t.match(text, 'address: 10.0.0.5/8, router 10.0.0.1\r\n');
  t.match(text, 'Wi-Fi: Office');
  t.match(text, 'SSH: off');
  t.match(text, 'start code: ABCD-EFGH');
  t.notMatch(text, /[^\r]\n/);
  t.end();
});

void t.test('says why a file is not used, and what holds instead', (t) => {
  const text = resultText(acceptFile('name = hall\ncolour = red', 'address = 10.0.0.5/8'), facts);
  t.match(text, /Nothing of partyline\.txt is used.*\r\n {2}Line 2: there is no "colour"/);
  t.match(text, 'address: 10.0.0.5/8');
  t.match(resultText(acceptFile('colour = red', undefined), facts), /Only the good lines/);
  t.match(resultText(acceptFile(undefined, undefined), facts), /as it was delivered/);
  t.end();
});

void t.test('no password is repeated', (t) => {
  const secrets = 'admin-password = hunter2222\nwifi-name = x\nwifi-password = hunter3333\n';
  t.notMatch(resultText(acceptFile(secrets, undefined), facts), /hunter/);
  t.notMatch(resultText(acceptFile('nonsense', secrets), facts), /hunter/);
  t.end();
});

void t.test('says what was set on the web page', (t) => {
  t.match(
    resultText(acceptFile('', undefined), { ...facts, ofPage: true }),
    /Name, address and Wi-Fi were set on the web page/,
  );
  t.notMatch(resultText(acceptFile('', undefined), facts), /web page;/);
  t.end();
});
