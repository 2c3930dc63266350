using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

internal static class TariffEndpoints
{
    private const string Tag = "Tariffs";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/tariffs", ListAsync)
            .Produces<Listing<TariffBody>>()
            .Documented(
                Tag,
                "List tariff versions",
                "Newest first. A version is never changed; a call is rated by the one in force when it started."
            );
        api.MapPost("/tariffs", PublishAsync)
            .Produces<TariffBody>()
            .Documented(
                Tag,
                "Publish a tariff version at the present dollar rate",
                "Takes every model's price sheet as it is and converts dollar prices at the rate of the settings, from now on; calls that have started keep theirs. With nothing to change the answer is the version in force.",
                Problems.NotFound
            );
        api.MapGet("/tariffs/{version}", ShowAsync)
            .Produces<TariffDetailBody>()
            .Documented(
                Tag,
                "Show a tariff version",
                "What every model was charged. Prices for a million tokens, weights for one.",
                Problems.NotFound
            );
    }

    private static async Task<IResult> ListAsync(ICatalogStore catalog, CancellationToken cancellation)
    {
        var versions = await catalog.TariffsAsync(cancellation);
        return TypedResults.Ok(new Listing<TariffBody>([.. versions.Reverse().Select(Of)]));
    }

    private static async Task<IResult> PublishAsync(UsdPrices prices, CancellationToken cancellation) =>
        ApiResult.Of(await prices.PublishAsync(cancellation), Of);

    private static TariffBody Of(TariffVersion version) =>
        new(version.Version, version.EffectiveFrom, version.CreatedAt, version.Reason, version.ToTariff().Models.Count);

    private static async Task<IResult> ShowAsync(string version, ICatalogStore catalog, CancellationToken cancellation)
    {
        var found = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (await catalog.TariffsAsync(cancellation)).FirstOrDefault(known => known.Version == number)
            : null;
        return found is null
            ? ApiResult.Problem(Refused.NotFound("tariff version", version))
            : TypedResults.Ok(
                new TariffDetailBody(
                    found.Version,
                    found.EffectiveFrom,
                    found.CreatedAt,
                    found.Reason,
                    found
                        .ToTariff()
                        .Models.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                        .ToDictionary(pair => pair.Key, pair => Pricing.ToSheet(pair.Value))
                )
            );
    }
}
