using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Leases;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Entitlement;

/// <param name="Size">In whole units: what the lessee is kept supplied with. At most twice as much is out, in each scope of the account's buckets.</param>
/// <param name="Unit">The quota unit that is lent; the only one of the account unless told.</param>
/// <param name="ValiditySeconds">How long a supply may be held on, 10 to 86,400; a minute unless told.</param>
public sealed record NewLeaseBody(decimal? Size, QuotaUnit? Unit = null, int? ValiditySeconds = null);

/// <summary>A part of the tree that is an account of its own, and what it was lent.</summary>
/// <param name="Account">The lessee.</param>
/// <param name="State"><c>moving</c> (calls of it run in the customer's account still), <c>leased</c>, <c>ending</c> or <c>ended</c>.</param>
/// <param name="Running">Calls that it waits for before it can move.</param>
/// <param name="Lent">In whole units, since the beginning, as are the others.</param>
/// <param name="Out">Lent, and neither known to be consumed nor returned: stranded if the lessee is never heard of again.</param>
/// <param name="OutMax">The most that may be out in one scope.</param>
/// <param name="Until">What it has may be held on until then.</param>
public sealed record LeaseBody(
    AllotmentId Allotment,
    AccountId Account,
    string State,
    int Running,
    QuotaUnit Unit,
    decimal Size,
    int ValiditySeconds,
    decimal Lent,
    decimal Consumed,
    decimal Returned,
    decimal Out,
    decimal OutMax,
    DateTimeOffset? Until
)
{
    internal static LeaseBody Of(LeaseView lease)
    {
        var unit = lease.Terms.Unit;
        return new(
            lease.Terms.Node,
            lease.Terms.Lessee,
            lease switch
            {
                { HasEnded: true } => "ended",
                { IsEnding: true } => "ending",
                { Number: 0 } => "moving",
                _ => "leased",
            },
            lease.Running,
            unit,
            Given.InUnits(lease.Terms.Size, unit),
            lease.Terms.ValiditySeconds,
            Given.InUnits(lease.Parts.Sum(part => part.Lent), unit),
            Given.InUnits(lease.Parts.Sum(part => part.Consumed), unit),
            Given.InUnits(lease.Parts.Sum(part => part.Returned), unit),
            Given.InUnits(lease.Out, unit),
            Given.InUnits(2 * lease.Terms.Size, unit),
            lease.HasEnded ? null : lease.Until
        );
    }
}

/// <summary>Parts of a customer's tree as accounts of their own.</summary>
internal static class LeaseEndpoints
{
    private const string Tag = "Allotments";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/leases", ListAsync)
            .Produces<Listing<LeaseBody>>()
            .Documented(
                Tag,
                "List the leases of a customer's account",
                "Those that have ended too. What is `out` is the most that would be stranded.",
                Problems.NotFound,
                Problems.Overloaded
            );
        api.MapPost("/customers/{id}/allotments/{allotment}/lease", LeaseAsync)
            .Takes<NewLeaseBody>()
            .Produces<LeaseBody>()
            .Documented(
                Tag,
                "Make a node and what lies under it an account of its own",
                "For a pool that is too busy for one owner. New calls of it are turned away (503, may be repeated) until its running ones have ended; then its keys lead to the new account, "
                    + "which spends what it is lent. Refused where a limit above cannot be kept over two accounts. `Idempotency-Key`: sent again it is the same lease.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
        api.MapDelete("/customers/{id}/allotments/{allotment}/lease", EndAsync)
            .Produces<LeaseBody>()
            .Documented(
                Tag,
                "End a lease",
                "No new call of it is held; what is free comes back at once, the rest as its calls end. Then it is a part of the customer's account again, with what its limits have counted.",
                Problems.NotFound,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
    }

    private static async Task<IResult> ListAsync(string id, Customers customers, Leasing leasing, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(new Listing<LeaseBody>([.. (await leasing.ListAsync(customer)).Select(LeaseBody.Of)]))
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> LeaseAsync(string id, string allotment, HttpContext http, Customers customers, Leasing leasing)
    {
        var read = await Body.ReadAsync<NewLeaseBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (body.Size is not { } size || size <= 0 || Given.Exactly(size, new QuotaUnit("any")) is not { } micro)
            return ApiResult.Problem(
                Refused.Invalid("size", "An amount of more than nothing, not too fine and not too much, is expected.")
            );
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        if (!AllotmentId.TryParse(allotment, out var node))
            return ApiResult.Problem(Refused.NotFound("allotment", allotment));
        var wish = new LeaseWish(body.Unit, micro, body.ValiditySeconds);
        return ApiResult.Of(await leasing.LeaseAsync(customer, node, wish, Asking.Of(http, body), http.RequestAborted), LeaseBody.Of);
    }

    private static async Task<IResult> EndAsync(string id, string allotment, HttpContext http, Customers customers, Leasing leasing)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return AllotmentId.TryParse(allotment, out var node)
            ? ApiResult.Of(await leasing.EndAsync(customer, node, Asking.Of(http, null), http.RequestAborted), LeaseBody.Of)
            : ApiResult.Problem(Refused.NotFound("allotment", allotment));
    }
}
