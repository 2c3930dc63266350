using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Notifications;

/// <summary>That a bill is overdue, and what has come of it.</summary>
/// <param name="Bill">Its id.</param>
/// <param name="Month">Such as <c>2026-11</c>.</param>
/// <param name="Step">None: it is only said that the day is over.</param>
/// <param name="Until">When the next step is taken; null: none follows.</param>
public sealed record BillNotice(string Bill, string Month, Money Open, Arrears Step, DateTimeOffset? Until);

/// <summary>Tells customers of overdue bills, each step once: an account passes it on. That it is suspended it says itself.</summary>
public sealed class BillNotices(IChargingAccounts accounts)
{
    /// <exception cref="AccountUnavailableException">Nobody was told; told again it is the same notice.</exception>
    public async Task TellAsync(AccountId account, BillNotice notice)
    {
        var about = new AccountEvent(
            AccountEventType.BillOverdue,
            notice.Bill,
            notice.Month,
            Amount: notice.Open.Nano,
            Unit: notice.Open.Currency.Code,
            Until: notice.Until,
            Reason: notice.Step switch
            {
                Arrears.Restricted => Restricted,
                Arrears.Terminated => Terminated,
                _ => null,
            }
        );
        await accounts.ExecuteAsync(account, new Announce(StableIds.Of<CommandKind>($"{notice.Bill}|overdue|{notice.Step}"), about));
    }

    internal const string Restricted = "restricted";
    internal const string Terminated = "terminated";
}
