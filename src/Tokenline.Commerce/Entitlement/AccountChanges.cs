using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Entitlement;

/// <param name="Text">What is asked, word for word; under the same key it must be the same.</param>
/// <param name="Key">The client's own name for the change, 1 to 64 characters; null: every asking is another change.</param>
public sealed record ChangeRequest(string Text, string? Key = null, string? Reason = null);

/// <summary>
/// Makes changes on charging accounts: stored first, then carried out under its id. Asked for again under its key it is the same command,
/// which an account makes once; so a client that has lost the answer may repeat, also after a crash here.
/// </summary>
public sealed class AccountChanges(IAccountChangeStore store, IChargingAccounts accounts, IdSource ids, TimeProvider time)
{
    public const string KeyHeader = "Idempotency-Key";
    private const int KeyLengthMax = 64;
    private const int ReasonLengthMax = 200;

    /// <param name="servedBy">The account that carries it out, where it is not the customer's own but lives on a lease of it.</param>
    public async Task<Outcome<AccountChange>> MakeAsync(
        Customer customer,
        ChangeRequest request,
        Func<CommandId, AccountCommand> command,
        CancellationToken cancellation,
        AccountId? servedBy = null
    )
    {
        if (request.Key is { } key && (key.Length is 0 or > KeyLengthMax || key.Any(c => c is < '!' or > '~')))
            return Refused.Invalid(KeyHeader, $"A key is 1 to {KeyLengthMax} printable ASCII characters without spaces.");
        if (request.Reason is { Length: > ReasonLengthMax })
            return Refused.Invalid("reason", $"A reason has at most {ReasonLengthMax} characters.");
        var id = ids.Next<CommandKind>();
        var wanted = new AccountChange(id, customer.Account, request.Key, request.Text, command(id), request.Reason, time.GetUtcNow());
        var change = await store.AddOrFindAsync(wanted, cancellation);
        if (change.Request != request.Text)
            return new Refused(Problems.IdempotencyConflict, $"This key was used for another change ({change.Id}).", KeyHeader);
        if (change.DoneAt is not null)
            return change;
        // What was refused before has changed nothing, so it is asked again.
        if (await accounts.ExecuteAsync(servedBy ?? customer.Account, change.Command) is { } refusal)
            return Refused.By(refusal);
        var done = change with { DoneAt = time.GetUtcNow() };
        await store.DoneAsync(done.Id, done.DoneAt.Value);
        return done;
    }
}
