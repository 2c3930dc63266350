using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Orders;

internal static class OfferingEndpoints
{
    private const string Tag = "Orders";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/offerings", ListAsync)
            .Produces<Listing<OfferingBody>>()
            .Documented(
                Tag,
                "List what is for sale",
                "Plans, packs and pay-as-you-go, with price, duration and what they grant. `state` shows others: `draft`, `retired` or `all`.",
                Problems.InvalidRequest
            );
        api.MapGet("/offerings/{id}", ShowAsync)
            .Produces<OfferingDetailBody>()
            .Documented(
                Tag,
                "Show an offering",
                "With the draft of its next version, and every version that was published.",
                Problems.NotFound
            );
        api.MapGet("/offerings/{id}/checks", CheckAsync)
            .Produces<Listing<OfferingFinding>>()
            .Documented(
                Tag,
                "Check an offering",
                "Its draft, or what is published of it: price against cost by the weights and contracts in force, translation, stock, what it excludes and requires, whether it can be spent. The gravest first.",
                Problems.NotFound
            );
        api.MapPut("/offerings/{id}", PutAsync)
            .Takes<NewOfferingBody>()
            .Produces<OfferingBody>()
            .Documented(
                Tag,
                "Add or change what is for sale",
                "The next version, for orders from now on; what was sold keeps its terms. With `draft` it is kept and not sold. Refused whole, with the field and the reason, where it contradicts itself, "
                    + "grants what no model could be paid with, or grants next to nothing or a fortune for its price.",
                Problems.InvalidRequest,
                Problems.WrongState
            );
        api.MapPost("/offerings/{id}/publish", PublishAsync)
            .Produces<OfferingBody>()
            .Documented(
                Tag,
                "Put a draft up for sale",
                "It becomes the next version.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPost("/offerings/{id}/retire", RetireAsync)
            .Produces<OfferingBody>()
            .Documented(Tag, "End the sale of an offering", "For ever. Subscriptions to it go on.", Problems.NotFound, Problems.WrongState);
    }

    private static async Task<IResult> ListAsync(string? state, ICatalogStore catalog, PlainWords words, CancellationToken cancellation)
    {
        OfferingState? only = state switch
        {
            null or "published" => OfferingState.Published,
            "draft" => OfferingState.Draft,
            "retired" => OfferingState.Retired,
            _ => null,
        };
        if (only is null && state != "all")
            return ApiResult.Problem(Refused.Invalid("state", "draft, published, retired or all is expected."));
        var found = await catalog.OfferingListingsAsync(cancellation);
        return TypedResults.Ok(
            new Listing<OfferingBody>([
                .. found.Where(listing => only is null || listing.Current.State == only).Select(listing => OfferingBody.Of(listing, words)),
            ])
        );
    }

    private static async Task<IResult> ShowAsync(string id, ICatalogStore catalog, PlainWords words, CancellationToken cancellation)
    {
        if (await catalog.FindOfferingListingAsync(id, cancellation) is not { } listing)
            return ApiResult.Problem(Refused.NotFound("offering", id));
        var versions = await catalog.OfferingVersionsAsync(id, cancellation);
        return TypedResults.Ok(
            new OfferingDetailBody(
                OfferingBody.Of(listing, words),
                listing.Draft is { } draft ? OfferingBody.Of(draft, words) : null,
                [.. versions.Select(version => OfferingBody.Of(version))]
            )
        );
    }

    private static async Task<IResult> CheckAsync(
        string id,
        ICatalogStore catalog,
        OfferingChecks checks,
        CancellationToken cancellation
    ) =>
        await catalog.FindOfferingListingAsync(id, cancellation) is { } listing
            ? TypedResults.Ok(new Listing<OfferingFinding>(await checks.OfAsync(listing.Draft ?? listing.Current, cancellation)))
            : ApiResult.Problem(Refused.NotFound("offering", id));

    private static async Task<IResult> PutAsync(string id, HttpContext http, Offerings offerings, PlainWords words, CommerceOptions options)
    {
        var read = await Body.ReadAsync<NewOfferingBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var body = read.Required();
        foreach (var (param, price) in new[] { ("price", body.Price), ("firstPrice", body.FirstPrice) })
        {
            if (price is not null && price.Currency != options.Currency)
                return ApiResult.Problem(Refused.Invalid($"{param}.currency", $"This operator sells in {options.Currency}."));
        }
        var put = body.Draft
            ? await offerings.PutDraftAsync(id, body.ToSheet(), http.RequestAborted)
            : await offerings.PutAsync(id, body.ToSheet(), http.RequestAborted);
        return ApiResult.Of(put, offering => OfferingBody.Of(offering, words));
    }

    private static async Task<IResult> PublishAsync(string id, Offerings offerings, PlainWords words, CancellationToken cancellation) =>
        ApiResult.Of(await offerings.PublishAsync(id, cancellation), offering => OfferingBody.Of(offering, words));

    private static async Task<IResult> RetireAsync(string id, Offerings offerings, PlainWords words, CancellationToken cancellation) =>
        ApiResult.Of(await offerings.RetireAsync(id, cancellation), offering => OfferingBody.Of(offering, words));
}
