/** Step files → modules. The smallest one: esbuild bundles each file, then `import()`. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Fault {
  code: string;
  file: string;
  line?: number;
  message: string;
  hint?: string;
  also?: string;
  stack?: string;
  severity?: 'error' | 'warning';
}
export interface LoadedModule {
  file: string;
  namespace: Record<string, unknown>;
}
export interface Loaded {
  modules: LoadedModule[];
  faults: Fault[];
  read: string[];
  fileModules: Record<string, string[]>;
}

/** Load the step files. Never throws for an author's fault. */
export async function loadModules(options: {
  root: string;
  files: readonly string[];
  sdkUrl: string;
}): Promise<Loaded> {
  const { root, files, sdkUrl } = options;
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const loaded: Loaded = { modules: [], faults: [], read: [], fileModules: {} };
  const outdir = join(root, '.motia', 'cache', 'node');
  for (const file of files) {
    loaded.fileModules[file] = [];
    try {
      const outfile = join(outdir, `${file.replaceAll('/', '_')}.mjs`);
      const built = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [join(root, file)],
        outfile,
        bundle: true,
        format: 'esm',
        platform: 'node',
        target: 'node20',
        packages: 'external',
        sourcemap: true,
        metafile: true,
        banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
        logLevel: 'silent',
        plugins: [
          {
            name: 'core',
            setup: (build) =>
              build.onResolve({ filter: /^@motia\/core$/ }, (one) => ({
                path: one.kind === 'require-call' ? fileURLToPath(sdkUrl) : sdkUrl,
                external: true,
              })),
          },
        ],
      });
      const inputs = Object.keys(built.metafile.inputs).filter(
        (one) => !one.includes('node_modules') && !one.startsWith('<'),
      );
      loaded.fileModules[file] = inputs.filter((one) => one !== file);
      for (const one of inputs) if (!loaded.read.includes(one)) loaded.read.push(one);
      const namespace = (await import(pathToFileURL(outfile).href)) as Record<string, unknown>;
      loaded.modules.push({ file, namespace });
    } catch (error) {
      loaded.faults.push(faultOf(error, file, root));
    }
  }
  return loaded;
}

function faultOf(error: any, file: string, root: string): Fault {
  const first = error?.errors?.[0];
  if (first !== undefined) {
    return {
      code: 'syntax-error',
      file: first.location?.file ? relative(root, join(root, first.location.file)) : file,
      line: first.location?.line ?? 0,
      message: first.text,
    };
  }
  if (error?.code === 'ERR_MODULE_NOT_FOUND') {
    return { code: 'import-error', file, message: error.message.split('\n')[0], hint: 'npm install it' };
  }
  readFileSync(join(root, file));
  return { code: 'load-error', file, message: String(error?.message ?? error), stack: String(error?.stack ?? '') };
}
