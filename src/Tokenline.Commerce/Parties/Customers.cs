using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Outbox;

namespace Tokenline.Commerce.Parties;

/// <summary>Creating customers, and what they and the operator may switch.</summary>
public sealed class Customers(
    ICustomerStore store,
    ITurns turns,
    ConfigurationWatch watch,
    OutboxDispatcher outbox,
    IdSource ids,
    CommerceOptions options,
    TimeProvider time
)
{
    public const int NameLengthMax = 100;
    private const int ReasonLengthMax = 200;
    private static readonly decimal capMax = 1_000_000m;

    public Task<Outcome<Customer>> CreateAsync(string? phoneNumber, string? name, CancellationToken cancellation) =>
        CreateAsync(phoneNumber, name, group: null, region: null, cancellation);

    public async Task<Outcome<Customer>> CreateAsync(
        string? phoneNumber,
        string? name,
        string? group,
        string? region,
        CancellationToken cancellation,
        CustomerType type = CustomerType.Individual
    )
    {
        if (!Customer.IsPhoneNumber(phoneNumber))
            return Refused.Invalid("phoneNumber", "A phone number is a plus sign and 8 to 15 digits (E.164), such as +8613800000000.");
        if (string.IsNullOrWhiteSpace(name) || name.Length > NameLengthMax)
            return Refused.Invalid("name", $"A name has 1 to {NameLengthMax} characters.");
        if ((Customer.WhatIsWrongWith("group", group) ?? Customer.WhatIsWrongWith("region", region)) is { } wrong)
            return wrong;
        var customer = new Customer(
            ids.Next<PartyKind>(),
            ids.Next<AccountKind>(),
            phoneNumber!,
            name.Trim(),
            time.GetUtcNow(),
            null,
            false,
            group,
            region,
            type
        );
        // Whoever has the number owns it; a person who is known already is the same person.
        var owner = new Individual(ids.Next<IndividualKind>(), customer.PhoneNumber, customer.Name, customer.CreatedAt);
        var membership = new Membership(ids.Next<MembershipKind>(), customer.Id, owner.Id, MemberRole.Owner, customer.CreatedAt);
        return await store.AddAsync(customer, owner, membership, cancellation)
            ? customer
            : new Refused(Problems.Conflict, $"{phoneNumber} is a customer already.", "phoneNumber");
    }

    public async Task<Outcome<Customer>> FindAsync(PartyId id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } customer ? customer : Refused.NotFound("customer", id.ToString());

    /// <summary>Changes what prices may depend on. The next call of any of the customer's keys is rated by it; one that runs is not.</summary>
    public async Task<Outcome<Customer>> SetTraitsAsync(PartyId id, string? group, string? region, CancellationToken cancellation)
    {
        if ((Customer.WhatIsWrongWith("group", group) ?? Customer.WhatIsWrongWith("region", region)) is { } wrong)
            return wrong;
        if (await store.FindAsync(id, cancellation) is not { } customer)
            return Refused.NotFound("customer", id.ToString());
        var changed = customer with { Group = group, Region = region };
        await store.SetTraitsAsync(changed, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return changed;
    }

    /// <summary>The customer's own leave to spend beyond plans and packs, up to a cap a calendar month.</summary>
    public async Task<Outcome<Customer>> AllowPayAsYouGoAsync(PartyId id, Money cap, CancellationToken cancellation)
    {
        if (cap.Currency != options.Currency)
            return Refused.Invalid("cap.currency", $"The cap is in {options.Currency}.");
        if (cap.Nano <= 0 || cap.ToDecimal() > capMax)
            return Refused.Invalid("cap.amount", $"The cap is more than 0 and at most {capMax} {options.Currency} a month.");
        return await ChangeAsync(
            id,
            customer =>
                customer.Arrears == Arrears.None
                    ? customer with
                    {
                        PayAsYouGoCap = cap,
                    }
                    : new Refused(Problems.WrongState, "A bill is overdue: nothing is on credit until it is paid."),
            _ => [TermsOf(cap)],
            cancellation
        );
    }

    public Task<Outcome<Customer>> EndPayAsYouGoAsync(PartyId id, CancellationToken cancellation) =>
        ChangeAsync(id, customer => customer with { PayAsYouGoCap = null }, _ => [TermsOf(null)], cancellation);

    public async Task<Outcome<Customer>> SetStandingAsync(PartyId id, bool suspended, string? reason, CancellationToken cancellation)
    {
        if (reason is { Length: > ReasonLengthMax })
            return Refused.Invalid("reason", $"A reason has at most {ReasonLengthMax} characters.");
        var words = string.IsNullOrWhiteSpace(reason) ? "by the operator" : reason;
        return await ChangeAsync(
            id,
            // Whatever a bill had to do with it: from now on it is the operator's own decision.
            customer =>
                customer with
                {
                    Suspended = suspended,
                    Arrears = customer.Arrears > Arrears.Restricted ? Arrears.Restricted : customer.Arrears,
                },
            _ => [new SetStanding(ids.Next<CommandKind>(), suspended, words)],
            cancellation
        );
    }

    /// <summary>What an unpaid bill comes to, or – <see cref="Arrears.None"/> – that it is paid. A suspension of the operator's own stays one. Said again it changes nothing.</summary>
    public Task<Outcome<Customer>> SetArrearsAsync(PartyId id, Arrears arrears, string reason, CancellationToken cancellation)
    {
        Customer? before = null;
        return ChangeAsync(
            id,
            customer =>
            {
                before = customer;
                var isOperators = customer.Suspended && customer.Arrears < Arrears.Suspended;
                return customer with
                {
                    Arrears = isOperators && arrears > Arrears.Restricted ? Arrears.Restricted : arrears,
                    Suspended = isOperators || arrears >= Arrears.Suspended,
                };
            },
            Commands,
            cancellation
        );

        List<AccountCommand> Commands(Customer now)
        {
            var commands = new List<AccountCommand>();
            if (before!.Suspended != now.Suspended)
                commands.Add(new SetStanding(ids.Next<CommandKind>(), now.Suspended, reason));
            if ((before.Arrears == Arrears.None) != (now.Arrears == Arrears.None) && now.PayAsYouGoCap is { } cap)
                commands.Add(TermsOf(now.Arrears == Arrears.None ? cap : null));
            return commands;
        }
    }

    private SetPayAsYouGo TermsOf(Money? cap) =>
        new(ids.Next<CommandKind>(), cap is { } money ? new PayAsYouGo(money.Nano, money.Currency, options.TimeZone) : null);

    private async Task<Outcome<Customer>> ChangeAsync(
        PartyId id,
        Func<Customer, Outcome<Customer>> change,
        Func<Customer, IReadOnlyList<AccountCommand>> commands,
        CancellationToken cancellation
    )
    {
        // A cap and a standing that are changed at once must both hold, and their commands be in the order of the rows.
        await using var _ = await turns.TakeAsync(Turns.TermsOf(id), cancellation);
        if (await store.FindAsync(id, cancellation) is not { } customer)
            return Refused.NotFound("customer", id.ToString());
        var decided = change(customer);
        if (decided.Value is not { } changed)
            return decided;
        var orders = commands(changed);
        if (changed == customer && orders.Count == 0)
            return changed;
        await store.ChangeAsync(changed, orders, time.GetUtcNow(), cancellation);
        await outbox.DispatchAsync(CancellationToken.None);
        return changed;
    }
}
