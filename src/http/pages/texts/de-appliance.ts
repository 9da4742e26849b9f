// Was nur eine Box von der SD-Karte auf ihrer Seite kann, auf Deutsch: Netzwerk, Updates, Auslieferungszustand.
import type { Texts } from './en.js';

export const network: Texts['network'] = {
  title: 'Netzwerk',
  elsewhere:
    'Auf dieser Maschine stellt das Betriebssystem das Netzwerk ein; bei einer Box von der SD-Karte geht es hier.',
  silent: 'Der Teil der Box, der das Netzwerk einstellt, antwortet nicht. Starten Sie die Box neu.',
  same: 'Diese Einstellungen gelten schon.',
  name: 'Name im Netzwerk',
  nameHelp:
    'Buchstaben, Ziffern und Bindestriche, zum Beispiel partyline: Diese Seite ist dann auch unter http://partyline.local.',
  way: 'Adresse am Kabel',
  wayHelp: 'Die Felder darunter gehören zu einer festen Adresse.',
  ways: { dhcp: 'wie das Netz sie vergibt (DHCP)', fixed: 'fest' },
  address: 'Feste Adresse',
  addressHelp: 'Mit der Länge des Netzpräfixes: /24 gehört zur Maske 255.255.255.0.',
  gateway: 'Router',
  gatewayHelp: 'Der Weg aus dem Netz hinaus; leer heißt: keiner.',
  dns: 'Nameserver',
  dnsHelp: 'Bis zu drei Adressen mit Leerzeichen dazwischen; oft die des Routers.',
  mistakes: {
    name: 'Buchstaben, Ziffern und Bindestriche, höchstens 63, und nicht nur Ziffern.',
    form: 'Gebraucht wird eine Adresse mit ihrem Präfix, wie 192.168.1.20/24.',
    edge: 'Das ist die Adresse des Netzes selbst oder seine Rundruf-Adresse; nehmen Sie eine andere.',
    gateway: 'Der Router braucht eine andere Adresse desselben Netzes.',
    dns: 'Bis zu drei IPv4-Adressen.',
    wifiName: 'Gebraucht wird der Name des WLANs, höchstens 32 Bytes.',
    wifiPassword: '8 bis 63 Zeichen: Buchstaben ohne Umlaute und Akzente, Ziffern, Satzzeichen.',
    wifiNoPassword: 'Für dieses WLAN hat die Box noch kein Passwort; tippen Sie es ein.',
    wifiCountry: 'Gebraucht werden zwei Buchstaben, wie DE.',
  },
  wifi: 'WLAN',
  wifiHelp:
    'Ist beides da, geht es über das Kabel hinaus. Eine feste Adresse gehört zum Kabel; im WLAN nimmt die Box immer, was das Netz vergibt (DHCP).',
  wifiWays: { off: 'aus', key: 'mit Passwort (WPA2)', open: 'offen, ohne Passwort' },
  wifiOpen: 'Offenes WLAN',
  wifiName: 'Name des WLANs',
  wifiNameHelp: 'Groß- und Kleinschreibung zählt.',
  wifiPassword: 'Passwort des WLANs',
  wifiPasswordHelp: '8 bis 63 Zeichen.',
  wifiPasswordKept: 'Leer heißt: Das jetzige bleibt, für dasselbe WLAN.',
  wifiCountry: 'Land der Box',
  wifiCountryHelp:
    'Zwei Buchstaben, zum Beispiel DE: Danach richtet sich, welche Kanäle erlaubt sind. Leer heißt: die überall erlaubten.',
  wifiNow: 'WLAN in diesem Augenblick',
  wifiStates: {
    connected: 'verbunden',
    apart: 'nicht verbunden',
    missing: 'hat diese Box nicht',
  },
  sources: {
    text: 'Diese Einstellungen kommen aus partyline.txt auf der Karte oder sind wie ausgeliefert.',
    page: 'Diese Einstellungen wurden hier gemacht. Jede Änderung von partyline.txt auf der Karte löst sie ab.',
  },
  tryHelp: (minutes) =>
    `Neue Einstellungen gelten ${minutes} Minuten auf Probe. Öffnet bis dahin niemand diese Seite damit und behält sie, kommen die alten von selbst zurück.`,
  calls: (count) =>
    count === 1
      ? 'Ein Gespräch läuft; eine neue Adresse beendet es.'
      : `${count} Gespräche laufen; eine neue Adresse beendet sie.`,
  submit: 'Diese Einstellungen probieren',
  trial: 'Auf Probe',
  onTrial: 'Neue Netzwerkeinstellungen gelten auf Probe; behalten Sie sie, sonst werden sie zurückgenommen:',
  left: 'Zurückgenommen in',
  open: 'Öffnen Sie diese Seite mit den neuen Einstellungen, melden Sie sich dort an, wenn Sie gefragt werden, und behalten Sie sie:',
  reached: 'Sie haben die Box mit den neuen Einstellungen erreicht.',
  trialHelp: 'Sonst kommen die alten Einstellungen zurück; auch dann, wenn die Box neu startet.',
  keep: 'Behalten',
  goBack: 'Zurück zu den alten',
  kept: 'Die neuen Einstellungen bleiben.',
  returned: {
    unconfirmed: 'Die alten Einstellungen gelten wieder, weil niemand die neuen rechtzeitig behalten hat.',
    asked: 'Die alten Einstellungen gelten wieder.',
    stopped: 'Die alten Einstellungen gelten wieder, weil die Probe der neuen unterbrochen wurde.',
    failed: 'Die alten Einstellungen gelten wieder, weil die neuen nicht in Kraft gesetzt werden konnten.',
  },
};

export const updates: Texts['updates'] = {
  title: 'Update',
  elsewhere:
    'Auf dieser Maschine installiert das Betriebssystem Updates; eine Box von der SD-Karte bekommt sie hier.',
  running: 'Laufende Version',
  file: 'Update-Datei',
  fileHelp: 'Sie endet auf .raucb.',
  fromFile: 'Aus einer Datei',
  upload: 'Hochladen',
  fromUrl: 'Von einem Webserver',
  url: 'Adresse der Datei',
  urlHelp:
    'Mit http oder https; auch auf einem Server im eigenen Netz. Was kommt, wird nur mit der richtigen Signatur installiert.',
  fetch: 'Holen',
  badUrl: 'Gebraucht wird die ganze Adresse einer Datei, wie https://server.example/partyline.raucb.',
  noFile: 'Wählen Sie eine Datei.',
  busy: 'Es ist schon ein Update unterwegs.',
  intro:
    'Die neue Version kommt neben die laufende; vorher wird eine Sicherung gemacht. Funktioniert die neue nach dem Neustart nicht, kehrt die Box von selbst zurück.',
  none: 'Es ist kein Update unterwegs.',
  fetching: (source) => `${source} ist auf dem Weg zur Box.`,
  progress: 'Fortschritt',
  bytes: (done, all) => `${done} von ${all}`,
  verifying: 'Die Box sieht nach, von wem dieses Update ist.',
  ready: (version) => `Version ${version} kann installiert werden. Ihre Signatur ist richtig.`,
  calls: (count) =>
    count === 0
      ? 'Gerade telefoniert niemand.'
      : count === 1
        ? 'Ein Gespräch läuft.'
        : `${count} Gespräche laufen.`,
  now: 'Jetzt installieren',
  nowHelp: 'Der Neustart am Ende beendet jedes Gespräch; er dauert ein bis zwei Minuten.',
  quiet: 'Installieren, wenn niemand telefoniert',
  discard: 'Verwerfen',
  cancel: 'Abbrechen',
  waiting: {
    install: (version) => `Version ${version} wartet, bis niemand mehr telefoniert.`,
    restart: (version) =>
      `Version ${version} ist installiert. Die Box startet damit neu, wenn niemand mehr telefoniert.`,
  },
  hurry: { install: 'Nicht warten', restart: 'Jetzt neu starten' },
  backingUp: 'Eine Sicherung wird gemacht.',
  installing: (version) =>
    `Version ${version} wird installiert. Lassen Sie die Box eingeschaltet; Gespräche gehen solange weiter.`,
  restarting: (version) =>
    `Die Box startet mit Version ${version} neu. Diese Seite kommt in ein bis zwei Minuten von selbst wieder.`,
  ends: {
    proving: (version) =>
      `Version ${version} läuft und prüft, ob alles funktioniert. Wenn nicht, kommt die alte von selbst zurück.`,
    kept: (version) => `Version ${version} funktioniert und bleibt.`,
    returned: (version, from) =>
      `Version ${version} wurde installiert, funktionierte aber nicht; die Box ist zu ${from} zurückgekehrt.`,
    interrupted: (version) =>
      `Version ${version} wurde nicht zu Ende installiert, weil die Box ausgeschaltet wurde. Nichts hat sich geändert; versuchen Sie es noch einmal.`,
  },
  said: (detail) => `Die Box sagt dazu: ${detail}`,
  refused: {
    signature: 'Dieses Update ist nicht vom Hersteller dieser Box signiert. Nichts wurde geändert.',
    product: 'Dieses Update ist für ein anderes Produkt. Nichts wurde geändert.',
    damaged: 'Diese Datei ist kein Update oder nicht ganz. Nichts wurde geändert.',
    url: 'Die Adresse ist nicht lesbar. Nichts wurde geändert.',
    address: 'Von dieser Adresse darf die Box nichts holen. Nichts wurde geändert.',
    answer: 'Der Server hat diese Datei nicht. Nichts wurde geändert.',
    connection: 'Die Verbindung brach ab, bevor die Datei da war. Nichts wurde geändert.',
    time: 'Die Datei kam nicht rechtzeitig. Nichts wurde geändert.',
    'too-large': 'Die Datei ist zu groß für ein Update. Nichts wurde geändert.',
    'no-space': 'Für diese Datei ist nicht genug Platz frei. Löschen Sie zuerst alte Aufnahmen.',
    backup:
      'Es konnte keine Sicherung gemacht werden, darum wurde das Update nicht installiert. Schaffen Sie Platz.',
    install: 'Das Update konnte nicht installiert werden. Die laufende Version bleibt.',
    silent: 'Der Teil der Box, der Updates installiert, antwortet nicht. Starten Sie die Box neu.',
  },
  backups: 'Sicherungen von vor einem Update',
  backupsHelp:
    'Die neuesten drei bleiben auf der Box. Sie enthalten PINs: Bewahren Sie Heruntergeladenes sicher auf.',
};

export const reset: Texts['reset'] = {
  title: 'Auslieferungszustand',
  elsewhere: 'Nur eine Box von der SD-Karte kann hier zurückgesetzt werden.',
  intro:
    'Alles, was diese Box sich gemerkt hat, wird gelöscht: Konferenzen, Admins, Klänge, Aufnahmen, Anrufe und was hier für das Netzwerk eingestellt wurde. Die Version bleibt. Danach gilt partyline.txt auf der Karte.',
  backup: 'Laden Sie vorher eine Sicherung herunter, wenn Sie etwas davon wiederhaben möchten.',
  sure: 'Ja, alles löschen',
  notSure: 'Setzen Sie das Häkchen, wenn Sie sicher sind.',
  submit: 'Löschen und neu starten',
  asked:
    'Die Box startet neu und ist dann wie ausgeliefert. Der neue Start-Code steht in partyline-result.txt auf der Karte.',
};
