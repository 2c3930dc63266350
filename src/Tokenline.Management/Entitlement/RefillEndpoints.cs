using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Entitlement;

internal static class RefillEndpoints
{
    private const string Tag = "Refills";

    private static readonly Problem[] refusals =
    [
        Problems.InvalidRequest,
        Problems.NotFound,
        Problems.Conflict,
        Problems.IdempotencyConflict,
        Problems.Overloaded,
    ];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/refills", ListAsync)
            .Produces<Listing<RefillBody>>()
            .Documented(Tag, "List what is granted again every period", "Live.", Problems.NotFound, Problems.Overloaded);
        api.MapPost("/customers/{id}/refills", AddAsync)
            .Takes<RefillTermsBody>()
            .Produces<RefillBody>(201)
            .Documented(
                Tag,
                "Grant something again every period",
                "Each period has a bucket of its own; what is left at its end expires, or rolls over.",
                refusals
            );
        api.MapPut("/customers/{id}/refills/{refill}", ChangeAsync)
            .Takes<RefillTermsBody>()
            .Produces<RefillBody>()
            .Documented(Tag, "Change a refill", "From the next period on. It keeps its beginning and its unit.", refusals);
        api.MapDelete("/customers/{id}/refills/{refill}", StopAsync)
            .Produces<RefillBody>()
            .Documented(Tag, "Stop a refill", "No period begins after this; the present one keeps its bucket.", refusals);
    }

    private static async Task<IResult> ListAsync(string id, Customers customers, IChargingAccounts accounts, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(new Listing<RefillBody>([.. (await accounts.ViewAsync(customer.Account)).Refills.Select(RefillBody.Of)]))
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> AddAsync(
        string id,
        HttpContext http,
        Customers customers,
        Buckets buckets,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var read = await ReadAsync(http, options, time);
        if (read.Value is not { } wanted)
            return ApiResult.Problem(read.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return ApiResult.Created(
            await buckets.AddRefillAsync(
                customer,
                wanted.Terms,
                wanted.Period,
                wanted.Rollover,
                Asking.Of(http, wanted.Body),
                http.RequestAborted
            ),
            refill => $"{ManagementApi.Root}/customers/{id}/refills/{refill.Terms.Id}",
            RefillBody.Of
        );
    }

    private static async Task<IResult> ChangeAsync(
        string id,
        string refill,
        HttpContext http,
        Customers customers,
        Buckets buckets,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var read = await ReadAsync(http, options, time);
        if (read.Value is not { } wanted)
            return ApiResult.Problem(read.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return RefillId.TryParse(refill, out var known)
            ? ApiResult.Of(
                await buckets.ChangeRefillAsync(
                    customer,
                    known,
                    wanted.Terms,
                    wanted.Period,
                    wanted.Rollover,
                    Asking.Of(http, wanted.Body),
                    http.RequestAborted
                ),
                RefillBody.Of
            )
            : ApiResult.Problem(Refused.NotFound("refill", refill));
    }

    private static async Task<IResult> StopAsync(string id, string refill, HttpContext http, Customers customers, Buckets buckets)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return RefillId.TryParse(refill, out var known)
            ? ApiResult.Of(await buckets.StopRefillAsync(customer, known, Asking.Of(http, null), http.RequestAborted), RefillBody.Of)
            : ApiResult.Problem(Refused.NotFound("refill", refill));
    }

    private static async Task<Outcome<Wanted>> ReadAsync(HttpContext http, CommerceOptions options, TimeProvider time)
    {
        var read = await Body.ReadAsync<RefillTermsBody>(http);
        if (read.Value is not { } body)
            return read.Refused!;
        if (body.Period is not { } period)
            return Refused.Invalid("period", "day, week, month or planMonth is expected.");
        var terms = Given.Terms(body, options, time.GetUtcNow());
        if (terms.Value is not { } given)
            return terms.Refused!;
        if (body.RolloverMin is not null && body.RolloverMax is null)
            return Refused.Invalid("rolloverMax", "What rolls over has a most.");
        if (
            Given.Exactly(body.RolloverMin ?? 0, body.Unit) is not { } min
            || Given.Exactly(body.RolloverMax ?? 0, body.Unit) is not { } max
        )
            return Refused.Invalid("rolloverMax", "An amount is too fine or too much.");
        return new Wanted(body, given, period, body.RolloverMax is null ? null : new Rollover(min, max));
    }

    private sealed record Wanted(RefillTermsBody Body, GivenTerms Terms, LimitWindow Period, Rollover? Rollover);
}
