using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

internal static class ChargeEndpoints
{
    private const string Tag = "Charges";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/charges/{id}", ShowAsync)
            .Produces<UsageBody>()
            .Documented(
                Tag,
                "Show a usage record",
                "By the id that the call answered in `x-tokenline-charge-id`. A call that cost nothing because it was released has none.",
                Problems.NotFound
            );
        api.MapGet("/charges/{id}/receipt", ReceiptAsync)
            .Produces<ChargeStateBody>()
            .Documented(
                Tag,
                "Explain a charge",
                "Every meter times its price and weight, at the tier and tariff version in force when the call started, and which bucket paid what. It adds up to the last nano; what was given back since is listed beside it. A call that was released says why, and what each vendor answered.",
                Problems.NotFound
            );
    }

    private static async Task<IResult> ShowAsync(string id, IChargeHistory history) =>
        await FindAsync(id, history) is { } record ? TypedResults.Ok(UsageBody.Of(record)) : Missing(id);

    private static async Task<IResult> ReceiptAsync(string id, IChargeHistory history, ITariffs tariffs)
    {
        if (!ChargeId.TryParse(id, out var charge))
            return Missing(id);
        var book = tariffs.Current;
        ChargeStateBody? state = await history.FindRecordAsync(charge) is { } record
            ? ReceiptBody.Of(
                Receipt.Explain(record, book.Get(record.Model, record.TariffVersion)),
                await history.AdjustmentsAsync(charge),
                record.Wholesale is { } cost ? book.FindContract(record.Vendor, record.Model, cost.ContractVersion) : null
            )
            : await history.FindUnbilledAsync(charge) switch
            {
                { Released: { } released } unbilled => ReleasedBody.Of(unbilled, released),
                { } running => RunningBody.Of(running),
                null => null,
            };
        return state is null ? Missing(id) : TypedResults.Ok(state);
    }

    private static async Task<UsageRecord?> FindAsync(string id, IChargeHistory history) =>
        ChargeId.TryParse(id, out var charge) ? await history.FindRecordAsync(charge) : null;

    private static IResult Missing(string id) => ApiResult.Problem(Refused.NotFound("usage record of charge", id));
}
