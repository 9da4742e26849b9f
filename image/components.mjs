// Writes what the image is made of as a CycloneDX 1.5 document: every Debian package with its sum, every npm package
// that runs.
//
// usage: components.mjs VERSION PACKAGES_LOCK PACKAGE_LOCK_JSON EPOCH
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';

const [version, debianLock, npmLock, epoch] = argv.slice(2);

const debian = readFileSync(debianLock, 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => {
    const [name, packageVersion, sum] = line.split(' ');
    return {
      type: 'library',
      name,
      version: packageVersion,
      purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(packageVersion)}?arch=arm64`,
      hashes: [{ alg: 'SHA-256', content: sum }],
    };
  });

const npm = Object.entries(JSON.parse(readFileSync(npmLock, 'utf8')).packages)
  .filter(([path, { dev }]) => path && !dev)
  .map(([path, { version: packageVersion, license, integrity }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const [algorithm, sum] = (integrity ?? '').split('-');
    return {
      type: 'library',
      name,
      version: packageVersion,
      purl: `pkg:npm/${name.replace('@', '%40')}@${packageVersion}`,
      ...(license && { licenses: [{ expression: license }] }),
      ...(algorithm === 'sha512' && {
        hashes: [{ alg: 'SHA-512', content: Buffer.from(sum, 'base64').toString('hex') }],
      }),
    };
  });

const unique = new Map([...debian, ...npm].map((component) => [component.purl, component]));
stdout.write(
  `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: {
        timestamp: new Date(Number(epoch) * 1000).toISOString(),
        component: { type: 'firmware', name: 'partyline', version },
      },
      components: [...unique.values()],
    },
    null,
    1,
  )}\n`,
);
