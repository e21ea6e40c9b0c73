// Draw the land of the world, without borders, and say where each country lies on it.
// A circle on a country says less than a coloured area, and takes no side on where it ends.
import { readFile } from "node:fs/promises";
import { geoArea, geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const WIDTH = 960;
const HEIGHT = 467;

async function atlas(name) {
  return JSON.parse(await readFile(new URL(`node_modules/world-atlas/${name}.json`, import.meta.url), "utf8"));
}

// The largest of a country's areas: what lies overseas does not move it into the sea.
function largest(geometry) {
  if (geometry.type === "Polygon") return geometry;
  const parts = geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }));
  return parts.reduce((best, part) => (geoArea(part) > geoArea(best) ? part : best));
}

// Return the picture, and x and y of each country by its three-digit UN code (M49, which is ISO 3166's number).
export async function world() {
  const land = await atlas("land-110m");
  const shape = feature(land, land.objects.land);
  const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], { type: "Sphere" });
  const drawn = geoPath(projection).digits(0)(shape);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<path fill="#8a9a97" fill-opacity="0.4" d="${drawn}"/></svg>\n`;
  const detailed = await atlas("countries-10m");
  const places = {};
  for (const country of feature(detailed, detailed.objects.countries).features) {
    const [x, y] = geoPath(projection).centroid(largest(country.geometry));
    if (country.id) places[country.id] ??= [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
  }
  const sorted = Object.fromEntries(Object.entries(places).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { svg, places: { width: WIDTH, height: HEIGHT, countries: sorted } };
}
