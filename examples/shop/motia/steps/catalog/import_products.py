"""A batch: many small jobs, five at a time."""

from motia import Context, api, event, response, state, trigger


@api(
    id="import-products",
    method="POST",
    path="/imports",
    flows=["catalog"],
    triggers=["import-product"],
    schema={"body": {"products": list[str]}},
)
async def import_products(products: list[str], ctx: Context):
    for product in products:
        await trigger("import-product", {"product": product})
    return response({"accepted": len(products), "traceId": ctx.trace_id}, status=202)


@event(id="import-product", flows=["catalog"], schema={"product": str}, concurrency=5)
async def import_product(product: str):
    await state.set("products", product, {"name": product, "length": len(product)})
    return {"imported": product}
