/** Which part of the drawing the window shows. */
import { FRAME_BOTTOM, FRAME_SIDE, FRAME_TOP, NODE_HEIGHT, NODE_WIDTH, type Point } from '../../lib/layout';

export interface View extends Point {
  zoom: number;
}

interface Size {
  width: number;
  height: number;
}

/** What is shown at first may be larger than the window: its names shall be read without zooming. */
export const LEGIBLE_ZOOM = 0.75;
export const MIN_ZOOM = 0.08;
const EDGE_PX = 12;
/** How far inside the window a chosen node is brought. */
const SHOWN_PX = 48;

/**
 * So that all of `places` (and `corners` of wires) is seen, in the middle; from the upper left when the zoom would be
 * less than `least` for that.
 */
export function viewOf(places: readonly Point[], corners: readonly Point[], room: Size, least: number): View {
  // With room for the frames of the flows and their names, and for wires around them.
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const left = Math.min(...places.map((place) => place.x - FRAME_SIDE), ...xs);
  const top = Math.min(...places.map((place) => place.y - FRAME_TOP), ...ys);
  const width = Math.max(...places.map((place) => place.x + NODE_WIDTH + FRAME_SIDE), ...xs) - left;
  const height = Math.max(...places.map((place) => place.y + NODE_HEIGHT + FRAME_BOTTOM), ...ys) - top;
  const fitting = Math.min(1, (room.width - 2 * EDGE_PX) / width, (room.height - 2 * EDGE_PX) / height);
  const zoom = Math.max(fitting, least);
  const begin = (of: number, size: number) => Math.max((of - size * zoom) / 2, EDGE_PX);
  return { x: begin(room.width, width) - left * zoom, y: begin(room.height, height) - top * zoom, zoom };
}

/** The view moved as little as it takes for the node at `place` to be seen. */
export function viewWith(place: Point, view: View, room: Size, least: number): View {
  const zoom = Math.max(view.zoom, least);
  const [left, top] = [place.x * zoom, place.y * zoom];
  return {
    x: between(view.x, SHOWN_PX - left, room.width - SHOWN_PX - left - NODE_WIDTH * zoom),
    y: between(view.y, SHOWN_PX - top, room.height - SHOWN_PX - top - NODE_HEIGHT * zoom),
    zoom,
  };
}

function between(value: number, least: number, most: number): number {
  return Math.max(Math.min(value, most), least);
}
