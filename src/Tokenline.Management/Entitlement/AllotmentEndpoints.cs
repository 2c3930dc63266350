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

internal static class AllotmentEndpoints
{
    private const string Tag = "Allotments";

    /// <summary>The account itself, for those who do not know its node's id.</summary>
    private const string Account = "account";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/allotments", ListAsync)
            .Produces<Listing<AllotmentBody>>()
            .Documented(
                Tag,
                "Show the tree of a customer's account",
                "The account itself first, then every node after its parent, with its limits and what they have counted. Live.",
                Problems.NotFound,
                Problems.Overloaded
            );
        api.MapPost("/customers/{id}/allotments", AddAsync)
            .Takes<NewAllotmentBody>()
            .Produces<AllotmentBody>(201)
            .Documented(
                Tag,
                "Add a department, project, member or key",
                "To depth 6. A call of a key under it passes every node up to the account, all or none. "
                    + "`Idempotency-Key`: sent again with the same content it is the same node.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
        api.MapGet("/customers/{id}/allotments/{allotment}", ShowAsync)
            .Produces<AllotmentBody>()
            .Documented(Tag, "Show a node", "`account` is the account itself.", Problems.NotFound, Problems.Overloaded);
        api.MapPut("/customers/{id}/allotments/{allotment}", ChangeAsync)
            .Takes<AllotmentTermsBody>()
            .Produces<AllotmentBody>()
            .Documented(
                Tag,
                "Change a node's limits, models or hours",
                "In force for the next call. A limit that keeps its id, window and measure keeps its count. `account` is the account itself.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
        api.MapDelete("/customers/{id}/allotments/{allotment}", CloseAsync)
            .Produces<AllotmentBody>()
            .Documented(
                Tag,
                "Close a node",
                "From this answer on no call passes it or what lies under it; running ones go on. It stays in the tree, because records name it.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.IdempotencyConflict,
                Problems.Overloaded
            );
    }

    private static async Task<IResult> ListAsync(string id, Customers customers, Allotments allotments, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(new Listing<AllotmentBody>([.. (await allotments.ListAsync(customer)).Select(AllotmentBody.Of)]))
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> AddAsync(
        string id,
        HttpContext http,
        Customers customers,
        Allotments allotments,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<NewAllotmentBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var terms = Terms(body.Name, body.Type, body.Limits, body.ChildLimits, body.Models, body.Hours, null, options, time);
        if (terms.Value is not { } wanted)
            return ApiResult.Problem(terms.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var added = await allotments.AddAsync(customer, body.Parent ?? Allotment.Root, wanted, Asking.Of(http, body), http.RequestAborted);
        return ApiResult.Created(added, node => $"{ManagementApi.Root}/customers/{id}/allotments/{node.View.Terms.Id}", AllotmentBody.Of);
    }

    private static async Task<IResult> ShowAsync(
        string id,
        string allotment,
        Customers customers,
        Allotments allotments,
        CancellationToken cancellation
    )
    {
        var node = await NodeAsync(id, allotment, customers, cancellation);
        return node.Value is { } at
            ? ApiResult.Of(await allotments.FindAsync(at.Customer, at.Node), AllotmentBody.Of)
            : ApiResult.Problem(node.Refused!);
    }

    private static async Task<IResult> ChangeAsync(
        string id,
        string allotment,
        HttpContext http,
        Customers customers,
        Allotments allotments,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<AllotmentTermsBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var terms = Terms(body.Name, body.Type, body.Limits, body.ChildLimits, body.Models, body.Hours, body.Closed, options, time);
        if (terms.Value is not { } wanted)
            return ApiResult.Problem(terms.Refused!);
        var node = await NodeAsync(id, allotment, customers, http.RequestAborted);
        return node.Value is { } at
            ? ApiResult.Of(
                await allotments.ChangeAsync(at.Customer, at.Node, wanted, Asking.Of(http, body), http.RequestAborted),
                AllotmentBody.Of
            )
            : ApiResult.Problem(node.Refused!);
    }

    private static async Task<IResult> CloseAsync(string id, string allotment, HttpContext http, Customers customers, Allotments allotments)
    {
        var node = await NodeAsync(id, allotment, customers, http.RequestAborted);
        return node.Value is { } at
            ? ApiResult.Of(await allotments.CloseAsync(at.Customer, at.Node, Asking.Of(http, null), http.RequestAborted), AllotmentBody.Of)
            : ApiResult.Problem(node.Refused!);
    }

    private static Outcome<AllotmentTerms> Terms(
        string? name,
        AllotmentType? type,
        LimitBody?[]? limits,
        LimitBody?[]? childLimits,
        string[]? models,
        HoursBody?[]? hours,
        bool? isClosed,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var now = time.GetUtcNow();
        var own = LimitBody.ToLimits("limits", limits, options.TimeZone, now);
        var children = LimitBody.ToLimits("childLimits", childLimits, options.TimeZone, now);
        var allowed = HoursBody.ToHours(hours, options.TimeZone);
        if ((own.Refused ?? children.Refused ?? allowed.Refused) is { } refused)
            return refused;
        return new AllotmentTerms(
            name,
            type,
            limits is null ? null : own.Required(),
            childLimits is null ? null : children.Required(),
            models,
            hours is null ? null : allowed.Required(),
            isClosed
        );
    }

    private static async Task<Outcome<Place>> NodeAsync(string id, string allotment, Customers customers, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return found.Refused!;
        if (allotment == Account)
            return new Place(customer, Allotment.Root);
        return AllotmentId.TryParse(allotment, out var node) ? new Place(customer, node) : Refused.NotFound("allotment", allotment);
    }

    private sealed record Place(Customer Customer, AllotmentId Node);
}
