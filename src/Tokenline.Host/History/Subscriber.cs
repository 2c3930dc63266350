using Tokenline.Commerce.Parties;

namespace Tokenline.Host.History;

/// <summary>A customer of the script who has come.</summary>
internal sealed class Subscriber(Joining joining, Customer customer, KeyId key, Random dice)
{
    public Joining Joining => joining;

    public Persona Persona => joining.Persona;

    public Customer Customer => customer;

    public KeyId Key => key;

    /// <summary>Its own: what it does changes nobody else's chances.</summary>
    public Random Dice => dice;

    /// <summary>The plan it holds; null: it has none that is a subscription.</summary>
    public ProductId? Subscription { get; set; }

    public int Orders { get; set; }

    /// <summary>It wants no more, and calls no more from then on.</summary>
    public DateTimeOffset? LeavesAt { get; set; }

    public bool CallsAt(DateTimeOffset at) => !(LeavesAt <= at);
}
