// The lint rules, among them the one that keeps dependencies flowing one way: each folder of src may
// import only the folders named for it here (the table in ARCHITECTURE.md).
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const folders = [
  'conference',
  'reception',
  'dtmf',
  'sounds',
  'appliance',
  'sip',
  'rtp',
  'calls',
  'store',
  'http',
  'cli',
  'box',
  'embedded-drachtio',
];

/** What each folder may import of ours; the shared files (errors, settings, log, durable-rename) are open to all but the pure ones. */
const mayImport = {
  conference: [],
  reception: ['conference'],
  dtmf: ['conference'],
  sounds: [],
  appliance: ['conference', 'sounds'],
  sip: ['conference'],
  rtp: ['conference', 'sounds'],
  store: ['conference'],
  calls: ['conference', 'reception', 'dtmf', 'sounds', 'sip', 'rtp', 'store'],
  http: ['conference', 'store', 'calls', 'appliance'],
  cli: ['conference', 'store'],
  box: ['appliance', 'store', 'http'],
  'embedded-drachtio': [],
};

const boundary = Object.entries(mayImport).map(([folder, allowed]) => {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  const standalone = folder === 'embedded-drachtio';
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden.flatMap((other) => [`**/${other}/*`, `**/${other}`]),
              message: `src/${folder} may import only: ${allowed.join(', ') || 'nothing of ours'}.`,
            },
            ...(standalone
              ? [{ group: ['../*.js', '../../*.js'].slice(0, 1), message: 'embedded-drachtio stands alone.' }]
              : []),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', '.tap/', 'var/', '.runtime/', 'image/out/'] },
  js.configs.recommended,
  ...tseslint.configs.recommended.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.js'], languageOptions: { globals: { process: 'readonly', console: 'readonly' } } },
  {
    files: ['src/http/pages/assets/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['document', 'location', 'fetch', 'setTimeout'],
          ...['EventSource', 'FormData', 'URL', 'URLSearchParams'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
    },
  },
  {
    // The phone of the call tests must not share a line with what it tests.
    files: ['test/phone/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/src/**'], message: 'The test phone is independent of src.' }] },
      ],
    },
  },
  ...boundary,
);
