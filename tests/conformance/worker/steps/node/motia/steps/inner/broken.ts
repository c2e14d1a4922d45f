import { event } from '@motia/core';

export const half = event({ id: 'half' }, async () => 1);

export function (
