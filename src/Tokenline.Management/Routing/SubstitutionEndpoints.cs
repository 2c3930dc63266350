using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Routing;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Routing;

/// <param name="Model">The model that is asked for.</param>
/// <param name="Use">The model that stands in; left out: the cheapest of the same class that can serve the call.</param>
/// <param name="InputPriceAbove">It stands in while a million tokens of fresh input cost more than this, in the operator's currency, as charged at that moment.</param>
/// <param name="OutputPriceAbove">The same of output.</param>
/// <param name="WhenDown">It stands in while no deployment of the model can serve.</param>
/// <param name="WhenWithdrawn">It stands in when the model is not for sale any more.</param>
/// <param name="QualityMin">0 to 100: a model of less, or of unknown, quality never stands in.</param>
public sealed record NewSubstitutionBody(
    string? Model,
    string? Use = null,
    decimal? InputPriceAbove = null,
    decimal? OutputPriceAbove = null,
    bool WhenDown = false,
    bool WhenWithdrawn = false,
    decimal? QualityMin = null
);

public sealed record SubstitutionBody(
    SubstitutionId Id,
    AccountId? Account,
    string Model,
    string? Use,
    decimal? InputPriceAbove,
    decimal? OutputPriceAbove,
    bool WhenDown,
    bool WhenWithdrawn,
    decimal? QualityMin
)
{
    internal static SubstitutionBody Of(Substitution rule) =>
        new(
            rule.Id,
            rule.Account,
            rule.Model,
            rule.Use,
            rule.InputPriceAbove,
            rule.OutputPriceAbove,
            rule.WhenDown,
            rule.WhenWithdrawn,
            rule.QualityMin
        );
}

internal static class SubstitutionEndpoints
{
    private const string Tag = "Routing";
    private const string Rule =
        "If the model costs more than so much, is down or is withdrawn, another of its class serves the call: it is named in the answer, and the bill is that model's. In force with the next call.";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/substitutions", List)
            .Produces<Listing<SubstitutionBody>>()
            .Documented(Tag, "List everybody's substitutions", "Those for accounts that have none of their own for the model.");
        api.MapPost("/substitutions", (HttpContext http, SubstitutionEditing editing) => AddAsync(http, editing, null))
            .Takes<NewSubstitutionBody>()
            .Produces<SubstitutionBody>(201)
            .Documented(Tag, "Let a model stand in for another, for everybody", Rule, Problems.InvalidRequest, Problems.Conflict);
        api.MapDelete(
                "/substitutions/{rule}",
                (string rule, HttpContext http, SubstitutionEditing editing) => RemoveAsync(rule, http, editing, null)
            )
            .Produces<SubstitutionBody>()
            .Documented(Tag, "Remove a substitution", "From the next call on.", Problems.NotFound);
        api.MapGet("/customers/{id}/substitutions", ListOwnAsync)
            .Produces<Listing<SubstitutionBody>>()
            .Documented(Tag, "List a customer's substitutions", "For these models they take the place of everybody's.", Problems.NotFound);
        api.MapPost("/customers/{id}/substitutions", AddOwnAsync)
            .Takes<NewSubstitutionBody>()
            .Produces<SubstitutionBody>(201)
            .Documented(
                Tag,
                "Let a model stand in for another, for a customer",
                Rule,
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict
            );
        api.MapDelete("/customers/{id}/substitutions/{rule}", RemoveOwnAsync)
            .Produces<SubstitutionBody>()
            .Documented(Tag, "Remove a customer's substitution", "From the next call on.", Problems.NotFound);
    }

    private static Ok<Listing<SubstitutionBody>> List(SubstitutionHolder rules) => Listed(rules, null);

    private static async Task<IResult> ListOwnAsync(
        string id,
        Customers customers,
        SubstitutionHolder rules,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer ? Listed(rules, customer.Account) : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> AddOwnAsync(string id, HttpContext http, Customers customers, SubstitutionEditing editing)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        return found.Value is { } customer ? await AddAsync(http, editing, customer.Account) : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> RemoveOwnAsync(
        string id,
        string rule,
        HttpContext http,
        Customers customers,
        SubstitutionEditing editing
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        return found.Value is { } customer ? await RemoveAsync(rule, http, editing, customer.Account) : ApiResult.Problem(found.Refused!);
    }

    private static Ok<Listing<SubstitutionBody>> Listed(SubstitutionHolder rules, AccountId? account) =>
        TypedResults.Ok(
            new Listing<SubstitutionBody>([.. rules.Current.All.Where(rule => rule.Account == account).Select(SubstitutionBody.Of)])
        );

    private static async Task<IResult> AddAsync(HttpContext http, SubstitutionEditing editing, AccountId? account)
    {
        var read = await Body.ReadAsync<NewSubstitutionBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var added = await editing.AddAsync(
            account,
            new SubstitutionEntry(body.Model, body.Use)
            {
                InputPriceAbove = body.InputPriceAbove,
                OutputPriceAbove = body.OutputPriceAbove,
                WhenDown = body.WhenDown,
                WhenWithdrawn = body.WhenWithdrawn,
                QualityMin = body.QualityMin,
            },
            http.RequestAborted
        );
        return added.Value is { } rule ? TypedResults.Created((string?)null, SubstitutionBody.Of(rule)) : ApiResult.Problem(added.Refused!);
    }

    private static async Task<IResult> RemoveAsync(string rule, HttpContext http, SubstitutionEditing editing, AccountId? account)
    {
        if (!SubstitutionId.TryParse(rule, out var id))
            return ApiResult.Problem(Refused.NotFound("substitution", rule));
        var removed = await editing.RemoveAsync(id, account, http.RequestAborted);
        return ApiResult.Of(removed, SubstitutionBody.Of);
    }
}
