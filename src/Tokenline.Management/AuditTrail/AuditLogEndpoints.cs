using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Management.Api;

namespace Tokenline.Management.AuditTrail;

internal static class AuditLogEndpoints
{
    private const string Tag = "Audit log";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/audit-log", ListAsync)
            .Produces<Page<AuditEntryBody>>()
            .Documented(
                Tag,
                "List who changed what",
                "Filters, all of which must hold: `actorKind`, `actor` (an id or the name of a key), `action` (whole, or its beginning with a dot at the end: `staff.`), `kind` and `id` of what was changed, `customer`, `vendor`, `from` and `to` (instants).",
                Problems.InvalidRequest
            );
        api.MapGet("/audit-log/verification", VerifyAsync)
            .Produces<AuditVerificationBody>()
            .Documented(
                Tag,
                "Verify the chain of the audit log",
                "Reads every entry. `number` and `hash`: those of an earlier verification, kept elsewhere; a log whose end was cut off, or that was made anew, does not have them.",
                Problems.InvalidRequest
            );
    }

    private sealed record Wanted(AuditQuery Query);

    private static async Task<IResult> ListAsync(HttpContext http, AuditLog audit, string? before, string? limit)
    {
        var page = PageQuery<AuditEntryKind>.Read(before, limit);
        if (page.Value is not { } asked)
            return ApiResult.Problem(page.Refused!);
        var read = Read(http.Request.Query);
        if (read.Value is not { } wanted)
            return ApiResult.Problem(read.Refused!);
        var found = await audit.ListAsync(wanted.Query, asked.Before?.Value, asked.Limit + 1, http.RequestAborted);
        return TypedResults.Ok(asked.Of(found, AuditEntryBody.From, entry => new(entry.Number)));
    }

    private static async Task<IResult> VerifyAsync(AuditLog audit, string? number, string? hash, CancellationToken cancellation)
    {
        AuditHead? head = null;
        if (number is not null || hash is not null)
        {
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known) || known < 1)
                return ApiResult.Problem(Refused.Invalid("number", "The number of an entry is expected."));
            if (hash is not { Length: 64 } || !hash.All(char.IsAsciiHexDigit))
                return ApiResult.Problem(Refused.Invalid("hash", "64 hexadecimal digits are expected."));
            head = new(known, hash.ToLowerInvariant());
        }
        return TypedResults.Ok(AuditVerificationBody.Of(await audit.VerifyAsync(head, cancellation)));
    }

    private static Outcome<Wanted> Read(IQueryCollection query)
    {
        var wanted = new AuditQuery
        {
            Actor = Text("actor"),
            Action = Text("action"),
            Kind = Text("kind"),
            Id = Text("id"),
            Vendor = Text("vendor"),
        };
        if (Text("actorKind") is { } kind)
        {
            if (!Enum.TryParse<AuditActorKind>(kind, ignoreCase: true, out var known) || !Enum.IsDefined(known))
                return Refused.Invalid("actorKind", "staff, apiKey, member or system is expected.");
            wanted = wanted with { ActorKind = known };
        }
        if (Text("customer") is { } customer)
        {
            if (!PartyId.TryParse(customer, out var party))
                return Refused.Invalid("customer", "A customer's id, pty_…, is expected.");
            wanted = wanted with { Customer = party };
        }
        if (!TryInstant("from", out var from))
            return Refused.Invalid("from", "An instant such as 2026-09-01T00:00:00Z is expected.");
        if (!TryInstant("to", out var to))
            return Refused.Invalid("to", "An instant such as 2026-09-01T00:00:00Z is expected.");
        return new Wanted(wanted with { From = from, To = to });

        string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

        bool TryInstant(string name, out DateTimeOffset? instant)
        {
            instant = null;
            if (Text(name) is not { } text)
                return true;
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed))
                return false;
            instant = parsed;
            return true;
        }
    }
}
