using Tokenline.Commerce.Wallets;
using Tokenline.Management.Api;

namespace Tokenline.Management.Payments;

public sealed record WalletBody(PartyId Customer, MoneyBody Balance)
{
    internal static WalletBody Of(Wallet wallet) => new(wallet.Owner, MoneyBody.Of(wallet.Balance));
}

/// <param name="Type"><c>topUp</c>, <c>payment</c>, <c>refund</c>, <c>payOut</c>; <c>refused</c>: it was asked for and nothing moved.</param>
/// <param name="Correlator">What it is of: a top-up, an order, a payment of a subscription.</param>
/// <param name="Amount">Above zero where money came in.</param>
/// <param name="Asked">What was wanted.</param>
/// <param name="Balance">Afterwards.</param>
/// <param name="Payment">Of a refund: the correlator of its payment.</param>
public sealed record WalletMovementBody(
    MovementId Id,
    DateTimeOffset At,
    MovementType Type,
    string Correlator,
    string Description,
    MoneyBody Amount,
    MoneyBody Asked,
    MoneyBody Balance,
    string? Payment,
    string? Reference,
    string? Reason
)
{
    internal static WalletMovementBody Of(WalletMovement movement) =>
        new(
            movement.Id,
            movement.At,
            movement.Type,
            movement.Correlator,
            movement.Description,
            MoneyBody.Of(movement.Amount),
            MoneyBody.Of(movement.Asked),
            MoneyBody.Of(movement.Balance),
            movement.Of,
            movement.Reference,
            movement.Reason
        );
}

/// <param name="Source"><c>phoneBill</c>, unless told; <c>recorded</c>: money that came another way.</param>
/// <param name="ExternalId">By phone bill: your own name for it, 1 to 64 characters. Sent again it is the same, and is charged once.</param>
/// <param name="Reference">Of recorded money: what proves it. Sent again it is the same.</param>
public sealed record NewTopUpBody(MoneyBody? Amount, TopUpSource? Source = null, string? ExternalId = null, string? Reference = null);

/// <param name="State"><c>inProgress</c>: the carrier's answer is not known yet and is asked for every minute.</param>
public sealed record TopUpBody(
    TopUpId Id,
    PartyId Customer,
    MoneyBody Amount,
    TopUpSource Source,
    TopUpState State,
    DateTimeOffset CreatedAt,
    string? ExternalId,
    DateTimeOffset? EndedAt,
    string? Reference,
    string? Reason
)
{
    internal static TopUpBody Of(TopUp topUp) =>
        new(
            topUp.Id,
            topUp.Customer,
            MoneyBody.Of(topUp.Amount),
            topUp.Source,
            topUp.State,
            topUp.CreatedAt,
            topUp.ExternalId,
            topUp.EndedAt,
            topUp.Reference,
            topUp.Reason
        );
}

/// <param name="Reference">What proves it. Sent again it is the same.</param>
public sealed record PayOutBody(MoneyBody? Amount, string? Reference, string? Note = null);
