namespace Tokenline.Charging.Tests.Accounts;

/// <summary>What a seat has for itself pays for whoever has the seat. See <see cref="Story"/> for how to read the tables.</summary>
public sealed class SeatStories
{
    [Fact]
    public void A_seat_s_own_tokens_pay_for_its_holder_alone_and_the_pool_for_everybody() =>
        Story.Play(
            """
            grant pool 1000                                   -> ok
            node ann                                          -> ok
            node bob                                          -> ok
            node key under ann                                -> ok
            grant own 100 seat 1 of ann priority 1            -> ok
            grant free 100 seat 2 priority 1                  -> ok
            hold a in 20 out 40 by ann                        -> granted 40; own 0/100/0; pool 1000/0/0
            settle a in 10 out 20                             -> done; own 50/0/50
            hold b in 20 out 40 by bob                        -> granted 40; own 50/0/50; free 100/0/0; pool 900/100/0
            settle b in 20 out 40                             -> done
            hold c in 20 out 40                               -> granted 40; own 50/0/50; free 100/0/0; pool 800/100/100
            settle c in 20 out 40                             -> done
            hold d in 20 out 40 by key                        -> granted 40; own 0/50/50; pool 750/50/200
            settle d in 20 out 40                             -> done; own 0/0/100; pool 750/0/250
            """
        );

    [Fact]
    public void Whoever_takes_a_seat_over_finds_what_the_one_before_has_left() =>
        Story.Play(
            """
            grant pool 1000                                   -> ok
            node ann                                          -> ok
            node bob                                          -> ok
            grant own 100 seat 1 of ann priority 1            -> ok
            hold a in 20 out 40 by ann                        -> granted 40; own 0/100/0
            pass 1 to nobody                                  -> ok
            settle a in 5 out 10                              -> done; own 75/0/25
            hold b in 5 out 10 by ann                         -> granted 10; own 75/0/25; pool 975/25/0
            hold c in 5 out 10 by bob                         -> granted 10; own 75/0/25; pool 950/50/0
            pass 1 to bob                                     -> ok
            hold d in 20 out 40 by bob                        -> granted 40; own 0/75/25; pool 925/75/0
            hold e in 5 out 10 by ann                         -> granted 10; own 0/75/25; pool 900/100/0
            pass 2 to ann                                     -> ok
            release d                                         -> done; own 75/0/25
            pass 1 to account                                 -> ok
            hold f in 5 out 10                                -> granted 10; own 50/25/25
            hold g in 5 out 10 by bob                         -> granted 10; own 50/25/25
            """
        );
}
