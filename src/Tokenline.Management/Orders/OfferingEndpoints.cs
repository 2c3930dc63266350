using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

internal static class OfferingEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/offerings", ListAsync)
            .Produces<Listing<OfferingBody>>()
            .Documented("Orders", "List what is for sale", "Plans, packs and pay-as-you-go, with price, duration and what they grant.");
        api.MapPut("/offerings/{id}", PutAsync)
            .Takes<NewOfferingBody>()
            .Produces<OfferingBody>()
            .Documented(
                "Orders",
                "Add or change what is for sale",
                "For orders from now on; what was sold keeps its terms. Refused whole, with the field and the reason, where it contradicts itself, "
                    + "grants what no model could be paid with, or grants next to nothing or a fortune for its price.",
                Problems.InvalidRequest
            );
    }

    private static async Task<IResult> ListAsync(ICatalogStore catalog, CancellationToken cancellation) =>
        TypedResults.Ok(new Listing<OfferingBody>([.. (await catalog.OfferingsAsync(cancellation)).Select(OfferingBody.Of)]));

    private static async Task<IResult> PutAsync(string id, HttpContext http, Offerings offerings, CommerceOptions options)
    {
        var read = await Body.ReadAsync<NewOfferingBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var body = read.Required();
        if (body.Price is { } price && price.Currency != options.Currency)
            return ApiResult.Problem(Refused.Invalid("price.currency", $"This operator sells in {options.Currency}."));
        var sheet = new OfferingSheet(body.Name, body.Description, body.Kind, body.Grants, body.Price?.Amount, body.Months, body.Days);
        return ApiResult.Of(await offerings.PutAsync(id, sheet, http.RequestAborted), OfferingBody.Of);
    }
}
