export async function bringDemoGoods(_o: unknown) {}
