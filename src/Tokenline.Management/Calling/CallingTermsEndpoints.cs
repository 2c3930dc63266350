using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Calling;
using Tokenline.Management.Api;

namespace Tokenline.Management.Calling;

/// <summary>What a customer says about all calls with its keys.</summary>
/// <param name="Prefers"><c>operators</c>, <c>cheapest</c>, <c>fastest</c>, <c>best</c> or <c>greenest</c>.</param>
/// <param name="Lines">Address ranges from which keys may call; empty: from everywhere.</param>
public sealed record CallingTermsBody(CallPreference Prefers, IReadOnlyList<AccessLineBody> Lines)
{
    internal static CallingTermsBody Of(CallingTerms terms) =>
        new(terms.Prefers, [.. terms.Lines.Select(line => new AccessLineBody(line.Name, line.Range, line.Certificate, line.At))]);
}

/// <param name="Range">An address, or a range such as <c>203.0.113.0/24</c>.</param>
/// <param name="Certificate">The SHA-256 of the client's certificate that the line is for; left out: the address is enough.</param>
public sealed record AccessLineBody(string Name, string Range, string? Certificate, DateTimeOffset At);

/// <param name="Certificate">As PEM, or its SHA-256 in hexadecimal digits; left out: whoever calls from there may.</param>
public sealed record NewAccessLineBody(string? Name, string? Range, string? Certificate);

public sealed record PreferenceBody(CallPreference? Prefers);

internal static class CallingTermsEndpoints
{
    private const string Tag = "Keys";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/calling-terms", ShowAsync)
            .Produces<CallingTermsBody>()
            .Documented(Tag, "Show what a customer says about calls", "Access lines and the preference in routing.", Problems.NotFound);
        api.MapPut("/customers/{id}/calling-terms/preference", PreferAsync)
            .Takes<PreferenceBody>()
            .Produces<CallingTermsBody>()
            .Documented(
                Tag,
                "Set what matters most to a customer in routing",
                "In force with the next call.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost("/customers/{id}/access-lines", AddAsync)
            .Takes<NewAccessLineBody>()
            .Produces<CallingTermsBody>(201)
            .Documented(
                Tag,
                "Let a customer's keys call from a range of addresses",
                "The first line shuts out everywhere else, at once. With a `certificate` it lets in only who shows that one (mutual TLS); `::/0` is every address.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict
            );
        api.MapDelete("/customers/{id}/access-lines", RemoveAsync)
            .Produces<CallingTermsBody>()
            .Documented(
                Tag,
                "Remove an access line",
                "`range` names it, and `certificate` where it has one. Without any, keys may call from everywhere.",
                Problems.NotFound
            );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        Commerce.Parties.Customers customers,
        CallingTermsEditing editing,
        CancellationToken cancellation
    )
    {
        var found = await Parties.CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(CallingTermsBody.Of(await editing.FindAsync(customer.Id, cancellation)))
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> PreferAsync(string id, HttpContext http, CallingTermsEditing editing)
    {
        var read = await Body.ReadAsync<PreferenceBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        if (read.Required().Prefers is not { } prefers)
            return ApiResult.Problem(Refused.Invalid("prefers", "operators, cheapest, fastest, best or greenest."));
        return PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await editing.PreferAsync(customer, prefers, http.RequestAborted), CallingTermsBody.Of)
            : ApiResult.Problem(Refused.NotFound("customer", id));
    }

    private static async Task<IResult> AddAsync(string id, HttpContext http, CallingTermsEditing editing)
    {
        var read = await Body.ReadAsync<NewAccessLineBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (name, range, certificate) = read.Required();
        return PartyId.TryParse(id, out var customer)
            ? ApiResult.Created(
                await editing.AddLineAsync(customer, name, range, http.RequestAborted, certificate),
                _ => $"{ManagementApi.Root}/customers/{id}/calling-terms",
                CallingTermsBody.Of
            )
            : ApiResult.Problem(Refused.NotFound("customer", id));
    }

    private static async Task<IResult> RemoveAsync(
        string id,
        string? range,
        string? certificate,
        CallingTermsEditing editing,
        CancellationToken cancellation
    ) =>
        PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await editing.RemoveLineAsync(customer, range ?? "", cancellation, certificate), CallingTermsBody.Of)
            : ApiResult.Problem(Refused.NotFound("customer", id));
}
