using System.Text.Json.Serialization;
using Tokenline.Charging.Records;

namespace Tokenline.Management.Charges;

/// <summary>What became of a charge, told apart by <c>state</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "state")]
[JsonDerivedType(typeof(ReceiptBody), "settled")]
[JsonDerivedType(typeof(ReleasedBody), "released")]
[JsonDerivedType(typeof(RunningBody), "running")]
public abstract record ChargeStateBody;

/// <summary>A call that ended without cost to the customer. What its vendors may ask for it is the operator's matter.</summary>
/// <param name="Reason">Why nothing was charged.</param>
/// <param name="Attempts">Each request to a vendor, and what became of it.</param>
public sealed record ReleasedBody(
    ChargeId Charge,
    AccountId Account,
    KeyId Key,
    string Model,
    bool Stream,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    string Reason,
    IReadOnlyList<AttemptBody> Attempts
) : ChargeStateBody
{
    internal static ReleasedBody Of(UnbilledCharge charge, Charging.Journal.Released released) =>
        new(
            released.Charge,
            charge.Account,
            charge.Dispatched.Key,
            charge.Dispatched.Model,
            charge.Dispatched.Stream,
            charge.Dispatched.At,
            released.At,
            released.Reason,
            AttemptBody.Of(released.Attempts)
        );
}

/// <summary>A call that runs: its charge is not settled yet.</summary>
public sealed record RunningBody(ChargeId Charge, AccountId Account, KeyId Key, string Model, bool Stream, DateTimeOffset StartedAt)
    : ChargeStateBody
{
    internal static RunningBody Of(UnbilledCharge charge) =>
        new(
            charge.Dispatched.Charge,
            charge.Account,
            charge.Dispatched.Key,
            charge.Dispatched.Model,
            charge.Dispatched.Stream,
            charge.Dispatched.At
        );
}
