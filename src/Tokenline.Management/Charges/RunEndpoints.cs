using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Charges;

/// <summary>Calls that carried a run id, reported together.</summary>
internal static class RunEndpoints
{
    private const string Tag = "Charges";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/runs", ListAsync)
            .Produces<Page<RunLineBody>>()
            .Documented(Tag, "List a customer's runs", "Those with the newest call first.", Problems.InvalidRequest, Problems.NotFound);
        api.MapGet("/customers/{id}/runs/{run}", ShowAsync)
            .Produces<RunBody>()
            .Documented(
                Tag,
                "Show a run, itemised",
                "The totals of all calls that carried this run id, with what refunds gave back, and a page of their usage records. A slash in a run id is written %2F.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
    }

    private static async Task<IResult> ListAsync(
        string id,
        string? before,
        string? limit,
        Customers customers,
        IChargeHistory history,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<ChargeKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var runs = await history.RunsAsync(customer.Account, page.Before, page.Limit + 1);
        return TypedResults.Ok(page.Of(runs, RunLineBody.Of, run => run.LastCharge));
    }

    private static async Task<IResult> ShowAsync(
        string id,
        string run,
        string? before,
        string? limit,
        Customers customers,
        IChargeHistory history,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<ChargeKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var name = run.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (await history.RunAsync(customer.Account, name) is not { } totals)
            return ApiResult.Problem(Refused.NotFound("run", name));
        var records = await history.RunRecordsAsync(customer.Account, name, page.Before, page.Limit + 1);
        return TypedResults.Ok(RunBody.Of(totals, page.Of(records, UsageBody.Of, record => record.Charge)));
    }
}
