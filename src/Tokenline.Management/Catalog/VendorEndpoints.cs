using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

internal static class VendorEndpoints
{
    private const string Tag = "Vendors";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/vendors", PutAsync)
            .Takes<NewVendorBody>()
            .Produces<VendorBody>()
            .Documented(
                Tag,
                "Add or change a vendor",
                "In force with the next call, without a restart. A simulated vendor becomes a real one, with every model it serves. The key is sealed and never shown.",
                Problems.InvalidRequest
            );
        api.MapGet("/vendors", ListAsync)
            .Produces<Listing<VendorBody>>()
            .Documented(Tag, "List vendors", "Without their keys; which of them rest now, and why, is in `keyHealth`.");
    }

    private static async Task<IResult> PutAsync(
        HttpContext http,
        CatalogEditing editing,
        ICatalogStore catalog,
        [FromServices] IVendorKeyHealth? health
    )
    {
        var body = await Body.ReadAsync<NewVendorBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var entry = body.Required();
        if (!Uri.TryCreate(entry.BaseUrl, UriKind.Absolute, out var address))
            return ApiResult.Problem(Refused.Invalid("baseUrl", "The base URL is an http or https address up to and with the version."));
        if (entry is { ApiKey: not null, ApiKeys: not null })
            return ApiResult.Problem(Refused.Invalid("apiKeys", "Give apiKey or apiKeys, not both."));
        if (entry.Apis?.FirstOrDefault(name => VendorApis.Find(name) is null) is { } unknown)
            return ApiResult.Problem(
                Refused.Invalid("apis", $"'{unknown}' is no API of a vendor. There are: {string.Join(", ", VendorApis.Names)}.")
            );
        var put = await editing.PutVendorAsync(
            new VendorEntry(entry.Id ?? "", address)
            {
                Name = entry.Name,
                ApiKeys =
                    entry.ApiKeys is { } keys ? [.. keys]
                    : entry.ApiKey is { } key ? [key]
                    : null,
                DrainSeconds = entry.DrainSeconds ?? VendorEntry.DrainSecondsDefault,
                Apis = entry.Apis is null ? null : [.. entry.Apis.Select(name => VendorApis.Find(name)!.Value)],
                AllowsPrivateAddress = entry.AllowPrivateAddress,
            },
            http.RequestAborted
        );
        var rows = await catalog.LoadAsync(http.RequestAborted);
        return ApiResult.Of(put, vendor => VendorBody.Of(vendor, rows.Mappings, health));
    }

    private static async Task<IResult> ListAsync(
        ICatalogStore catalog,
        [FromServices] IVendorKeyHealth? health,
        CancellationToken cancellation
    )
    {
        var rows = await catalog.LoadAsync(cancellation);
        return TypedResults.Ok(new Listing<VendorBody>([.. rows.Vendors.Select(vendor => VendorBody.Of(vendor, rows.Mappings, health))]));
    }
}
