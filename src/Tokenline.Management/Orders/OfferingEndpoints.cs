using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

internal static class OfferingEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/offerings", ListAsync)
            .Produces<Listing<OfferingBody>>()
            .Documented("Orders", "List what is for sale", "Plans, packs and pay-as-you-go, with price, duration and what they grant.");

    private static async Task<IResult> ListAsync(ICatalogStore catalog, CancellationToken cancellation) =>
        TypedResults.Ok(new Listing<OfferingBody>([.. (await catalog.OfferingsAsync(cancellation)).Select(OfferingBody.Of)]));
}
