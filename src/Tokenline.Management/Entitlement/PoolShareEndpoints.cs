using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Entitlement;

/// <param name="Pool">What a whole period grants, in whole units, before what may be used beyond.</param>
public sealed record PoolSplitBody(string Unit, decimal Pool, IReadOnlyList<PoolShareBody> Items);

/// <param name="Most">In whole units of a month of the pool; absent: no cap.</param>
/// <param name="Least">That it is guaranteed.</param>
/// <param name="Used">Of the cap this month.</param>
/// <param name="Left">What is left for it when all others take their most.</param>
/// <param name="Kept">False: the others may take what it is guaranteed, because a node without a cap came after.</param>
public sealed record PoolShareBody(AllotmentId Allotment, string Name, decimal? Most, decimal Least, decimal Used, decimal Left, bool Kept);

/// <param name="Most">In whole units; left out: no cap.</param>
/// <param name="Least">That the caps of the others must leave for it; nothing unless told.</param>
public sealed record ShareBody(decimal? Most = null, decimal? Least = null);

/// <param name="Amount">In whole units.</param>
public sealed record ShareTransferBody(AllotmentId? From, AllotmentId? To, decimal? Amount);

internal static class PoolShareEndpoints
{
    private const string Tag = "Allotments";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/subscriptions/{id}/shares", ShowAsync)
            .Produces<PoolSplitBody>()
            .Documented(
                Tag,
                "Show how a pool is split",
                "Every node right under the account, with its cap, what it has used of it, and what it is guaranteed.",
                Problems.NotFound,
                Problems.WrongState,
                Problems.Overloaded
            );
        api.MapPut("/subscriptions/{id}/shares/{allotment}", PutAsync)
            .Takes<ShareBody>()
            .Produces<PoolSplitBody>()
            .Documented(
                Tag,
                "Set a department's share of a pool",
                "A cap by the month of the pool, and what the caps of the others must leave for it. Refused where they would not. `by`: the member who wants it.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.WrongState,
                Problems.Overloaded
            );
        api.MapPost("/subscriptions/{id}/share-transfers", TransferAsync)
            .Takes<ShareTransferBody>()
            .Produces<PoolSplitBody>()
            .Documented(
                Tag,
                "Move a part of one share to another",
                "Less than what was used of it, and than what it is guaranteed, no share becomes. `by`: the member who wants it. `Idempotency-Key`: sent again it is the same move.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.WrongState,
                Problems.Overloaded
            );
    }

    private static async Task<IResult> ShowAsync(string id, PoolShares shares, CancellationToken cancellation) =>
        ProductId.TryParse(id, out var product) ? Of(await shares.FindAsync(product, cancellation)) : NotFound(id);

    private static async Task<IResult> PutAsync(string id, string allotment, string? by, HttpContext http, PoolShares shares)
    {
        var read = await Body.ReadAsync<ShareBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (!AllotmentId.TryParse(allotment, out var node))
            return ApiResult.Problem(Refused.NotFound("allotment", allotment));
        if (ActingMember.Read(by, out var acting) is { } wrong)
            return ApiResult.Problem(wrong);
        if (!TryMicro(body.Most, out var most) || !TryMicro(body.Least, out var least))
            return ApiResult.Problem(Refused.Invalid("most", "An amount in whole units has at most six decimals."));
        return Of(await shares.PutAsync(product, node, most, least ?? 0, acting, Asking.Of(http, body), http.RequestAborted));
    }

    private static async Task<IResult> TransferAsync(string id, string? by, HttpContext http, PoolShares shares)
    {
        var read = await Body.ReadAsync<ShareTransferBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (ActingMember.Read(by, out var acting) is { } wrong)
            return ApiResult.Problem(wrong);
        if (body.From is not { } from || body.To is not { } to)
            return ApiResult.Problem(Refused.Invalid(body.From is null ? "from" : "to", "A node, alt_…, is expected."));
        if (!TryMicro(body.Amount, out var micro) || micro is not { } amount)
            return ApiResult.Problem(Refused.Invalid("amount", "An amount in whole units has at most six decimals."));
        return Of(await shares.TransferAsync(product, from, to, amount, acting, Asking.Of(http, body), http.RequestAborted));
    }

    private static IResult Of(Outcome<PoolSplit> outcome) =>
        ApiResult.Of(
            outcome,
            split => new PoolSplitBody(
                split.Unit.Name,
                Whole(split.Pool),
                [
                    .. split.Shares.Select(share => new PoolShareBody(
                        share.Node,
                        share.Name,
                        share.Most is { } most ? Whole(most) : null,
                        Whole(share.Least),
                        Whole(share.Used),
                        Whole(split.LeftFor(share)),
                        split.IsKept(share)
                    )),
                ]
            )
        );

    private static decimal Whole(long micro) => (decimal)micro / QuotaUnit.Micro;

    private static bool TryMicro(decimal? amount, out long? micro)
    {
        micro = null;
        if (amount is not { } whole)
            return true;
        if (Math.Abs(whole) > long.MaxValue / QuotaUnit.Micro || whole * QuotaUnit.Micro != decimal.Truncate(whole * QuotaUnit.Micro))
            return false;
        micro = decimal.ToInt64(whole * QuotaUnit.Micro);
        return true;
    }

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("subscription", id));
}
