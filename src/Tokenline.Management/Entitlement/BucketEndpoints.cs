using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Entitlement;

/// <summary>What the operator gives, moves and takes back by hand.</summary>
internal static class BucketEndpoints
{
    private const string Tag = "Buckets";

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
        api.MapGet("/customers/{id}/buckets", ListAsync)
            .Produces<AccountBody>()
            .Documented(
                Tag,
                "Show what is left",
                "Live, from the charging account: the same numbers that the next call meets. Amounts in whole units of quota, or of the currency.",
                Problems.NotFound,
                Problems.Overloaded
            );
        api.MapPost("/customers/{id}/buckets", GrantAsync)
            .Takes<NewBucketBody>()
            .Produces<BucketBody>(201)
            .Documented(
                Tag,
                "Grant a bonus, a wallet top-up, a credit line",
                "Without an order and without a bill, for a reason that is kept. `Idempotency-Key`: sent again with the same content it is granted once.",
                refusals
            );
        api.MapPost("/customers/{id}/buckets/{bucket}/transfers", TransferAsync)
            .Takes<TransferBody>()
            .Produces<BucketBody>()
            .Documented(
                Tag,
                "Move what is left to another bucket",
                "Of the same unit, and not what is lent. Answers with the bucket that it went to. `Idempotency-Key`: sent again it is moved once.",
                refusals
            );
        api.MapDelete("/customers/{id}/buckets/{bucket}", VoidAsync)
            .Produces<BucketBody>()
            .Documented(
                Tag,
                "Void what is left of a bucket",
                "`reason` says why and is kept. What running calls hold stays theirs.",
                refusals
            );
    }

    private static async Task<IResult> ListAsync(string id, Customers customers, IChargingAccounts accounts, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var view = await accounts.ViewAsync(customer.Account);
        return TypedResults.Ok(new AccountBody(view.Account, view.Suspended, view.Open.Count, [.. view.Buckets.Select(BucketBody.Of)]));
    }

    private static async Task<IResult> GrantAsync(
        string id,
        HttpContext http,
        Customers customers,
        Buckets buckets,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<NewBucketBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var terms = Given.Terms(body, options, time.GetUtcNow());
        if (terms.Value is not { } given)
            return ApiResult.Problem(terms.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return ApiResult.Created(
            await buckets.GrantAsync(customer, given, Asking.Of(http, body, body.Reason), http.RequestAborted),
            bucket => $"{ManagementApi.Root}/customers/{id}/buckets/{bucket.Grant.Bucket}",
            BucketBody.Of
        );
    }

    private static async Task<IResult> TransferAsync(
        string id,
        string bucket,
        HttpContext http,
        Customers customers,
        Buckets buckets,
        IChargingAccounts accounts
    )
    {
        var read = await Body.ReadAsync<TransferBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (body.To is not { } to)
            return ApiResult.Problem(Refused.Invalid("to", "The id of a bucket, bkt_…, is expected."));
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var view = await accounts.ViewAsync(customer.Account);
        if (!BucketId.TryParse(bucket, out var from) || view.Buckets.FirstOrDefault(known => known.Grant.Bucket == from) is not { } source)
            return ApiResult.Problem(Refused.NotFound("bucket", bucket));
        long? amount = body.Amount is { } given ? Given.Exactly(given, source.Grant.Unit) ?? 0 : null;
        if (amount <= 0)
            return ApiResult.Problem(
                Refused.Invalid("amount", "An amount of more than nothing, not too fine and not too much, is expected.")
            );
        return ApiResult.Of(
            await buckets.TransferAsync(customer, from, to, amount, Asking.Of(http, body, body.Reason), http.RequestAborted),
            BucketBody.Of
        );
    }

    private static async Task<IResult> VoidAsync(
        string id,
        string bucket,
        string? reason,
        HttpContext http,
        Customers customers,
        Buckets buckets
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return BucketId.TryParse(bucket, out var voided)
            ? ApiResult.Of(await buckets.VoidAsync(customer, voided, Asking.Of(http, reason, reason), http.RequestAborted), BucketBody.Of)
            : ApiResult.Problem(Refused.NotFound("bucket", bucket));
    }
}
