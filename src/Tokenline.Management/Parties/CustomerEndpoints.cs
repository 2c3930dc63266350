using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Charges;
using Tokenline.Management.Orders;

namespace Tokenline.Management.Parties;

internal static class CustomerEndpoints
{
    private const string Tag = "Customers";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/customers", CreateAsync)
            .Takes<NewCustomerBody>()
            .Produces<CustomerBody>(201)
            .Documented(
                Tag,
                "Create a customer",
                "A person, a household or an organization, with a billing account that pays by phone bill.",
                Problems.InvalidRequest,
                Problems.Conflict
            );
        api.MapGet("/customers", ListAsync)
            .Produces<Page<CustomerBody>>()
            .Documented(
                Tag,
                "List customers",
                "Newest first; `phoneNumber` finds those that it pays for, at most one of each type.",
                Problems.InvalidRequest
            );
        api.MapGet("/customers/{id}", ShowAsync)
            .Produces<CustomerBody>()
            .Documented(Tag, "Show a customer", "With its cap and standing.", Problems.NotFound);
        api.MapPut("/customers/{id}/traits", SetTraitsAsync)
            .Takes<CustomerTraitsBody>()
            .Produces<CustomerBody>()
            .Documented(
                Tag,
                "Change a customer's group and region",
                "The next call of any of its keys is priced by them.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapGet("/customers/{id}/products", ProductsAsync)
            .Produces<Listing<ProductBody>>()
            .Documented(Tag, "List a customer's products", "Plans and packs, running and expired, newest first.", Problems.NotFound);
        api.MapGet("/customers/{id}/usage", UsageAsync)
            .Produces<Page<UsageBody>>()
            .Documented(
                Tag,
                "List usage records",
                "One for each settled call, newest first. `account`: those of an account that lives, or has lived, on a lease of the customer's; left out, of the customer's own.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Overloaded
            );
        api.MapPost("/customers/{id}/suspend", SuspendAsync)
            .Takes<StandingBody>(isOptional: true)
            .Produces<CustomerBody>()
            .Documented(
                Tag,
                "Suspend a customer",
                "New calls are refused with `account_suspended`; running ones go on.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost("/customers/{id}/resume", ResumeAsync)
            .Takes<StandingBody>(isOptional: true)
            .Produces<CustomerBody>()
            .Documented(Tag, "Resume a customer", "Ends a suspension, by whomever it was set.", Problems.InvalidRequest, Problems.NotFound);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, Customers customers)
    {
        var body = await Body.ReadAsync<NewCustomerBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var (phoneNumber, name, group, region, type) = body.Required();
        var created = await customers.CreateAsync(phoneNumber, name, group, region, http.RequestAborted, type ?? CustomerType.Individual);
        return ApiResult.Created(created, customer => $"{ManagementApi.Root}/customers/{customer.Id}", CustomerBody.Of);
    }

    private static async Task<IResult> ListAsync(
        string? phoneNumber,
        string? before,
        string? limit,
        ICustomerStore customers,
        CancellationToken cancellation
    )
    {
        if (phoneNumber is not null)
        {
            // A plus sign that was not escaped arrives as a space.
            var found = await customers.ListByPhoneAsync(phoneNumber.Replace(' ', '+'), cancellation);
            return TypedResults.Ok(new Page<CustomerBody>([.. found.Select(CustomerBody.Of)], null));
        }
        var query = PageQuery<PartyKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var list = await customers.ListAsync(page.Before, page.Limit + 1, cancellation);
        return TypedResults.Ok(page.Of(list, CustomerBody.Of, customer => customer.Id));
    }

    private static async Task<IResult> ShowAsync(string id, Customers customers, CancellationToken cancellation) =>
        ApiResult.Of(await CustomerAsync(id, customers, cancellation), CustomerBody.Of);

    private static async Task<IResult> SetTraitsAsync(string id, HttpContext http, Customers customers)
    {
        var body = await Body.ReadAsync<CustomerTraitsBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (!PartyId.TryParse(id, out var party))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        var (group, region) = body.Required();
        return ApiResult.Of(await customers.SetTraitsAsync(party, group, region, http.RequestAborted), CustomerBody.Of);
    }

    private static async Task<IResult> ProductsAsync(
        string id,
        Customers customers,
        IOrderStore orders,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var found = await CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var now = time.GetUtcNow();
        var products = await orders.ProductsAsync(customer.Id, cancellation);
        return TypedResults.Ok(new Listing<ProductBody>([.. products.Select(product => ProductBody.Of(product, now))]));
    }

    private static async Task<IResult> UsageAsync(
        string id,
        string? before,
        string? limit,
        string? account,
        Customers customers,
        IChargingAccounts accounts,
        IChargeHistory history,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<ChargeKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var from = customer.Account;
        if (account is not null)
        {
            if (!AccountId.TryParse(account, out from) || !await IsOfAsync(customer, from, accounts))
                return ApiResult.Problem(Refused.NotFound("account", account));
        }
        var records = await history.RecordsAsync(from, page.Before, page.Limit + 1);
        return TypedResults.Ok(page.Of(records, UsageBody.Of, record => record.Charge));
    }

    /// <summary>The customer's own, or one that lives, or has lived, on a lease of it.</summary>
    private static async Task<bool> IsOfAsync(Customer customer, AccountId account, IChargingAccounts accounts) =>
        account == customer.Account || (await accounts.LeasesAsync(customer.Account)).Find(account) is not null;

    private static Task<IResult> SuspendAsync(string id, HttpContext http, Customers customers) =>
        SetStandingAsync(id, suspended: true, http, customers);

    private static Task<IResult> ResumeAsync(string id, HttpContext http, Customers customers) =>
        SetStandingAsync(id, suspended: false, http, customers);

    private static async Task<IResult> SetStandingAsync(string id, bool suspended, HttpContext http, Customers customers)
    {
        var body = await Body.ReadOptionalAsync<StandingBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (!PartyId.TryParse(id, out var party))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        return ApiResult.Of(
            await customers.SetStandingAsync(party, suspended, body.Required().Reason, http.RequestAborted),
            CustomerBody.Of
        );
    }

    public static async Task<Outcome<Customer>> CustomerAsync(string id, Customers customers, CancellationToken cancellation) =>
        PartyId.TryParse(id, out var party) ? await customers.FindAsync(party, cancellation) : Refused.NotFound("customer", id);
}
