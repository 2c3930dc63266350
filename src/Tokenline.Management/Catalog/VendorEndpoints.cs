using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

internal static class VendorEndpoints
{
    private const string Tag = "Vendors";
    private const int DrainSecondsDefault = 5;

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
        api.MapGet("/vendors", ListAsync).Produces<Listing<VendorBody>>().Documented(Tag, "List vendors", "Without their keys.");
    }

    private static async Task<IResult> PutAsync(HttpContext http, CatalogEditing editing, ICatalogStore catalog)
    {
        var body = await Body.ReadAsync<NewVendorBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var (id, baseUrl, name, apiKey, drainSeconds) = body.Required();
        if (!Uri.TryCreate(baseUrl, UriKind.Absolute, out var address))
            return ApiResult.Problem(Refused.Invalid("baseUrl", "The base URL is an http or https address up to and with the version."));
        var put = await editing.PutVendorAsync(
            id ?? "",
            name,
            address,
            apiKey,
            drainSeconds ?? DrainSecondsDefault,
            simulated: false,
            http.RequestAborted
        );
        var rows = await catalog.LoadAsync(http.RequestAborted);
        return ApiResult.Of(put, vendor => VendorBody.Of(vendor, rows.Mappings));
    }

    private static async Task<IResult> ListAsync(ICatalogStore catalog, CancellationToken cancellation)
    {
        var rows = await catalog.LoadAsync(cancellation);
        return TypedResults.Ok(new Listing<VendorBody>([.. rows.Vendors.Select(vendor => VendorBody.Of(vendor, rows.Mappings))]));
    }
}
