using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

/// <summary>What vendors are owed. The operator's own matter: no customer sees any of it.</summary>
internal static class ContractEndpoints
{
    private const string Tag = "Contracts";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/contracts", ListAsync)
            .Produces<Listing<ContractBody>>()
            .Documented(
                Tag,
                "List contracts with vendors",
                "Every version, newest first; with `vendor` and `model` only theirs. A charge is rated a second time by the contract of the vendor that served it, in force when the call started: that is its wholesale cost."
            );
        api.MapPut("/contracts", PutAsync)
            .Takes<NewContractBody>()
            .Produces<ContractBody>()
            .Documented(
                Tag,
                "Put a contract in force",
                "A price sheet for a vendor and a model, in the contract's own currency: at once, from a time on, or until a time. It follows the one before, and is never changed; calls that have started keep theirs.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.ModelNotFound
            );
    }

    private static async Task<IResult> ListAsync(
        string? vendor,
        string? model,
        ICatalogStore catalog,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var contracts = (await catalog.ContractsAsync(cancellation)).Where(contract =>
            (vendor is null || contract.Vendor == vendor) && (model is null || contract.Model == model)
        );
        return TypedResults.Ok(new Listing<ContractBody>([.. contracts.Reverse().Select(contract => ContractBody.Of(contract, now))]));
    }

    private static async Task<IResult> PutAsync(HttpContext http, Contracts contracts, TimeProvider time)
    {
        var read = await Body.ReadAsync<NewContractBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (string.IsNullOrEmpty(body.Vendor))
            return ApiResult.Problem(Refused.Invalid("vendor", "A vendor's id is expected."));
        if (string.IsNullOrEmpty(body.Model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (body.Price is not { } price)
            return ApiResult.Problem(Refused.Invalid("price", "What is the vendor owed? A price sheet is expected."));
        var put = await contracts.PutAsync(
            body.Vendor,
            body.Model,
            price,
            new Schedule(body.EffectiveFrom?.ToUniversalTime(), body.EffectiveUntil?.ToUniversalTime()),
            body.Reason ?? "",
            http.RequestAborted
        );
        return ApiResult.Of(put, contract => ContractBody.Of(contract, time.GetUtcNow()));
    }
}

/// <param name="Vendor">A vendor's id.</param>
/// <param name="Model">A Model ID.</param>
/// <param name="Price">In the contract's currency: tiers, service classes, hours and the like, without weights, further currencies, customer groups and volume.</param>
/// <param name="EffectiveFrom">Not in the past; now, unless told.</param>
/// <param name="EffectiveUntil">Then the former contract is in force again.</param>
/// <param name="Reason">Such as the contract's number.</param>
public sealed record NewContractBody(
    string? Vendor,
    string? Model,
    PriceSheet? Price,
    DateTimeOffset? EffectiveFrom = null,
    DateTimeOffset? EffectiveUntil = null,
    string? Reason = null
);

/// <param name="Version">Of all contracts together, and apart from tariff versions.</param>
/// <param name="State"><c>scheduled</c>, <c>started</c> or <c>ended</c>.</param>
public sealed record ContractBody(
    int Version,
    string Vendor,
    string Model,
    DateTimeOffset EffectiveFrom,
    DateTimeOffset? EffectiveUntil,
    DateTimeOffset CreatedAt,
    TariffState State,
    string Reason,
    PriceSheet Price
)
{
    internal static ContractBody Of(ContractVersion contract, DateTimeOffset now) =>
        new(
            contract.Version,
            contract.Vendor,
            contract.Model,
            contract.EffectiveFrom,
            contract.EffectiveTo,
            contract.CreatedAt,
            contract.StateAt(now),
            contract.Reason,
            contract.ToSheet()
        );
}
