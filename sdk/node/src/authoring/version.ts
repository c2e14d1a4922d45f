/** The version of this library, written in by the build. */

declare const __MOTIA_VERSION__: string | undefined;

export const VERSION: string = typeof __MOTIA_VERSION__ === 'string' ? __MOTIA_VERSION__ : '0.0.0';
