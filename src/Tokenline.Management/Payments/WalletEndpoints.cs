using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Wallets;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Payments;

internal static class WalletEndpoints
{
    private const string Tag = "Wallets";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/wallet", ShowAsync)
            .Produces<WalletBody>()
            .Documented(Tag, "Show a wallet", "Money of the customer that the operator holds.", Problems.NotFound);
        api.MapGet("/customers/{id}/wallet/movements", StatementAsync)
            .Produces<Page<WalletMovementBody>>()
            .Documented(
                Tag,
                "List a wallet's movements",
                "The statement, newest first: the sum of the amounts is the balance.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost("/customers/{id}/wallet/top-ups", TopUpAsync)
            .Takes<NewTopUpBody>()
            .Produces<TopUpBody>(201)
            .Produces<TopUpBody>(202)
            .Documented(
                Tag,
                "Put money into a wallet",
                "By phone bill, or `recorded`: money that came another way, with what proves it. 201: it has ended, `completed` or `failed`. 202: the carrier has not answered.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.IdempotencyConflict
            );
        api.MapGet("/customers/{id}/wallet/top-ups", ListAsync)
            .Produces<Page<TopUpBody>>()
            .Documented(Tag, "List what was put into a wallet", "Newest first.", Problems.InvalidRequest, Problems.NotFound);
        api.MapGet("/top-ups/{id}", ShowTopUpAsync)
            .Produces<TopUpBody>()
            .Documented(Tag, "Show a top-up", "With its state.", Problems.NotFound);
        api.MapPost("/customers/{id}/wallet/pay-outs", PayOutAsync)
            .Takes<PayOutBody>()
            .Produces<WalletMovementBody>()
            .Documented(
                Tag,
                "Give money back out of a wallet",
                "The customer got it in a way that staff write down.",
                Problems.InvalidRequest,
                Problems.PaymentRefused,
                Problems.NotFound,
                Problems.IdempotencyConflict
            );
    }

    private static async Task<IResult> ShowAsync(string id, WalletDesk desk, CancellationToken cancellation) =>
        PartyId.TryParse(id, out var owner) ? ApiResult.Of(await desk.FindAsync(owner, cancellation), WalletBody.Of) : NotFound(id);

    private static async Task<IResult> StatementAsync(
        string id,
        string? before,
        string? limit,
        Customers customers,
        IWalletStore store,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<MovementKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var list = await store.StatementAsync(customer.Id, page.Before, page.Limit + 1, cancellation);
        return TypedResults.Ok(page.Of(list, WalletMovementBody.Of, movement => movement.Id));
    }

    private static async Task<IResult> TopUpAsync(string id, HttpContext http, WalletDesk desk)
    {
        var read = await Body.ReadAsync<NewTopUpBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (amount, source, externalId, reference) = read.Required();
        if (amount is null)
            return ApiResult.Problem(Refused.Invalid("amount", "How much is put in?"));
        if (MoneyBody.WhatIsWrong("amount", amount) is { } wrong)
            return ApiResult.Problem(wrong);
        if (!PartyId.TryParse(id, out var owner))
            return NotFound(id);
        var isRecorded = source == TopUpSource.Recorded;
        if (isRecorded ? externalId is not null : reference is not null)
            return ApiResult.Problem(
                isRecorded
                    ? Refused.Invalid("externalId", "Recorded money has a reference.")
                    : Refused.Invalid("reference", "Only recorded money has a reference of yours.")
            );
        var made = isRecorded
            ? await desk.RecordAsync(owner, amount.ToMoney(), reference, http.RequestAborted)
            : await desk.TopUpAsync(owner, amount.ToMoney(), externalId, http.RequestAborted);
        if (made.Value is not { } topUp)
            return ApiResult.Problem(made.Refused!);
        var location = $"{ManagementApi.Root}/top-ups/{topUp.Id}";
        return topUp.State == TopUpState.InProgress
            ? TypedResults.Accepted(location, TopUpBody.Of(topUp))
            : TypedResults.Created(location, TopUpBody.Of(topUp));
    }

    private static async Task<IResult> ListAsync(
        string id,
        string? before,
        string? limit,
        Customers customers,
        IWalletStore store,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<TopUpKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var list = await store.TopUpsAsync(customer.Id, page.Before, page.Limit + 1, cancellation);
        return TypedResults.Ok(page.Of(list, TopUpBody.Of, topUp => topUp.Id));
    }

    private static async Task<IResult> ShowTopUpAsync(string id, IWalletStore store, CancellationToken cancellation) =>
        TopUpId.TryParse(id, out var topUp) && await store.FindTopUpAsync(topUp, cancellation) is { } found
            ? TypedResults.Ok(TopUpBody.Of(found))
            : ApiResult.Problem(Refused.NotFound("top-up", id));

    private static async Task<IResult> PayOutAsync(string id, HttpContext http, WalletDesk desk)
    {
        var read = await Body.ReadAsync<PayOutBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (amount, reference, note) = read.Required();
        if (amount is null)
            return ApiResult.Problem(Refused.Invalid("amount", "How much is paid out?"));
        if (MoneyBody.WhatIsWrong("amount", amount) is { } wrong)
            return ApiResult.Problem(wrong);
        return PartyId.TryParse(id, out var owner)
            ? ApiResult.Of(await desk.PayOutAsync(owner, amount.ToMoney(), reference, note, http.RequestAborted), WalletMovementBody.Of)
            : NotFound(id);
    }

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("customer", id));
}
