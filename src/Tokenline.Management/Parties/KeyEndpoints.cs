using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Entitlement;

namespace Tokenline.Management.Parties;

/// <param name="Name">1 to 100 characters, to tell keys apart.</param>
/// <param name="ExpiresAt">From then on it is unknown; left out: never.</param>
/// <param name="Models">The only Model IDs it may call; left out: all.</param>
/// <param name="Allotment">The node of the account's tree that its calls pass; left out: the account itself.</param>
/// <param name="Limits">With them it gets a node of its own there, of type <c>key</c>.</param>
public sealed record NewKeyBody(
    string? Name,
    DateTimeOffset? ExpiresAt = null,
    string[]? Models = null,
    AllotmentId? Allotment = null,
    LimitBody?[]? Limits = null
);

/// <param name="Shown">The beginning and end of the text.</param>
/// <param name="State"><c>live</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="Key">The key itself: only in the answer that made it, and kept nowhere.</param>
public sealed record KeyBody(
    KeyId Id,
    string Name,
    string Shown,
    string State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    string[]? Models,
    DateTimeOffset? RevokedAt,
    AllotmentId? Allotment,
    string? Key = null
)
{
    internal static KeyBody Of(ApiKey key, DateTimeOffset now, string? text = null) =>
        new(
            key.Id,
            key.Name,
            key.Shown,
            key.RevokedAt is not null ? "revoked"
                : key.ExpiresAt <= now ? "expired"
                : "live",
            key.CreatedAt,
            key.ExpiresAt,
            key.Models,
            key.RevokedAt,
            key.Allotment,
            text
        );

    public override string ToString() => $"{Id} {Shown}";
}

internal static class KeyEndpoints
{
    private const string Tag = "Keys";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/customers/{id}/keys", CreateAsync)
            .Takes<NewKeyBody>()
            .Produces<KeyBody>(201)
            .Documented(
                Tag,
                "Create a key",
                "The text is in `key` of this answer and never again: only its hash is kept.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict
            );
        api.MapGet("/customers/{id}/keys", ListAsync)
            .Produces<Listing<KeyBody>>()
            .Documented(Tag, "List a customer's keys", "Live, expired and revoked ones, newest first.", Problems.NotFound);
        api.MapDelete("/customers/{id}/keys/{key}", RevokeAsync)
            .Produces<KeyBody>()
            .Documented(
                Tag,
                "Revoke a key",
                "From this answer on it is unknown; a call that runs goes on. Again changes nothing.",
                Problems.NotFound
            );
    }

    private static async Task<IResult> CreateAsync(string id, HttpContext http, Keys keys, CommerceOptions options, TimeProvider time)
    {
        var body = await Body.ReadAsync<NewKeyBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        var (name, expiresAt, models, allotment, limits) = body.Required();
        var own = LimitBody.ToLimits("limits", limits, options.TimeZone, time.GetUtcNow());
        if (own.Value is not { } ofItsOwn)
            return ApiResult.Problem(own.Refused!);
        var created = await keys.CreateAsync(
            customer,
            new KeyTerms(name, expiresAt, models, allotment, limits is null ? null : ofItsOwn),
            http.RequestAborted
        );
        return ApiResult.Created(
            created,
            made => $"{ManagementApi.Root}/customers/{id}/keys/{made.Key.Id}",
            made => KeyBody.Of(made.Key, time.GetUtcNow(), made.Text)
        );
    }

    private static async Task<IResult> ListAsync(
        string id,
        Customers customers,
        Keys keys,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var now = time.GetUtcNow();
        return TypedResults.Ok(
            new Listing<KeyBody>([.. (await keys.ListAsync(customer.Id, cancellation)).Select(key => KeyBody.Of(key, now))])
        );
    }

    private static async Task<IResult> RevokeAsync(string id, string key, Keys keys, TimeProvider time, CancellationToken cancellation)
    {
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        if (!KeyId.TryParse(key, out var keyId))
            return ApiResult.Problem(Refused.NotFound("key", key));
        return ApiResult.Of(await keys.RevokeAsync(customer, keyId, cancellation), revoked => KeyBody.Of(revoked, time.GetUtcNow()));
    }
}
