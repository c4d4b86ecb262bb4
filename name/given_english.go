package name

// englishNames holds the commonest English given names with their short forms.
const englishNames = `
aaron | ron ronnie
abigail | abby gail
abraham | abe bram
adam
adele adelaide | addie della
agnes | aggie nessie
alan allan allen | al
albert | al bert bertie
alexander | alex al sandy alec xander
alexandra | alex sandra sandy lexi
alfred | alf alfie fred
alice | allie
alison allison | ali allie
amanda | mandy
amelia | amy millie
amy
andrea | andie
andrew | andy drew
angela | angie
ann anne anna | annie nan nancy
anthony antony | tony
archibald | archie
arnold | arnie
arthur | art artie
audrey
austin
barbara | barb babs barbie
beatrice | bea trixie
benjamin | ben benny benji
bernard | bernie
bertha | bertie
bethany | beth
beverly | bev
bradley | brad
brandon
brenda
brian bryan
bridget | biddy
bruce
calvin | cal
cameron | cam
carl
carol caroline carolyn | carrie caro lynn
catherine katherine kathryn katharine | cathy kathy kate katie kitty kay kat
cecilia | cissy celia
charles | charlie chuck chas chaz
charlotte | lottie charlie
cheryl
chloe
christian | chris
christina christine | chris chrissy tina christie
christopher | chris kit topher
cindy cynthia
claire clare
clara
clarence
clifford | cliff
clinton | clint
colin
constance | connie
cornelius | neil
craig
curtis | curt
daisy
daniel | dan danny
danielle | dani
david | dave davy
deborah debra | deb debbie
dennis | denny
derek
diana diane | di
dominic | dom nick
donald | don donnie
donna
doris
dorothy dorothea | dot dottie dolly
douglas | doug
dylan
edgar
edith | edie
edmund | ed ted ned
edward | ed eddie ted teddy ned
edwin | ed eddie
eleanor elinor | ellie nell nora
elizabeth elisabeth | liz lizzie beth betty bess betsy eliza libby lisa
ellen helen | nell nellie ellie
emily | em emmy
emma | em
eric erik
ernest | ernie
esther hester
ethan
eugene | gene
evelyn | evie eve
felicity | fliss
florence | flo flora florrie
frances | fran frannie
francis | frank fran
franklin | frank
frederick frederic | fred freddie freddy
gabriel | gabe
gareth | gary
gary
geoffrey jeffrey | geoff jeff
george | georgie
georgina georgia | georgie gina
gerald gerard | gerry jerry
geraldine | gerry
gilbert | gil bert
gillian jillian | gill jill
gloria
gordon
grace | gracie
graham graeme
gregory | greg
gwendolyn | gwen wendy
hannah
harold | harry hal
harriet | hattie
harvey
heather
henry | harry hank hal
herbert | herb bert
herman
howard | howie
hubert | bert
hugh | hughie
ian
irene | rene
isaac | ike
isabel isabella isobel | bella izzy belle
jack
jacob | jake
jacqueline | jackie
james | jim jimmy jamie jem
jane | janie jenny
janet | jan
jasmine | jas
jason | jay
jean
jennifer | jen jenny jenna
jeremiah | jerry
jeremy | jerry jem
jerome | jerry
jessica | jess jessie
joan | joanie
joanna joanne | jo
joel
john | johnny jack jon
jonathan jonathon | jon jonny nathan
jordan
joseph | joe joey jo
josephine | jo josie
joshua | josh
joyce
judith | judy jude
julia julie | jules
julian | jules
justin
karen
keith
kelly
kenneth | ken kenny
kevin | kev
kimberly kimberley | kim
larry
laura | laurie
lauren
laurence lawrence | larry laurie
leonard | leo len lenny
leslie lesley | les
lewis louis | lou louie
lillian lilian | lily lil
linda | lindy
lionel
lisa
louisa louise | lou
lucas luke
lucy lucille | lu
lydia
madeleine madeline | maddie
malcolm | mal
marcus mark
margaret | maggie meg peggy marge margie greta daisy rita madge
maria
marilyn | mary lynn
marion
marjorie | marge
martha | marty patty
martin | marty
mary | molly polly mamie may
matilda | tilly mattie
matthew | matt matty
maureen | mo
maurice morris | mo
maxwell | max
megan | meg
melanie | mel
melissa | mel missy lissa
michael | mike mick mickey micky
michelle | shelly
mildred | millie
miranda | mandy randy
mitchell | mitch
mohammed
molly
monica
nancy | nan
natalie | nat
natasha | tasha
nathan nathaniel | nate nat
neil
nicholas nicolas | nick nicky nico
nicole nicola | nicky nikki
noah
nora norah
norman | norm
oliver | ollie olly
olivia | liv livvy
oscar
oswald | oz ozzie
owen
pamela | pam
patricia | pat patty tricia trish
patrick | pat paddy rick
paul
paula
penelope | penny
percival | percy
peter | pete
philip phillip | phil pip
philippa | pippa
phyllis | phyl
priscilla | cilla
rachel rachael | rach
ralph
randall randolph | randy
raymond | ray
rebecca | becky becca
reginald | reg reggie
richard | rick dick rich ricky richie
robert | rob bob bobby robbie bert
roberta | bobbie
robin
roderick | rod rick
rodney | rod
roger | rodge
roland
ronald | ron ronnie
rose rosemary | rosie
ross
roy
rupert
russell | russ
ruth
ryan
sally
samantha | sam sammy
samuel | sam sammy
sandra | sandy
sarah sara | sally sadie
scott
sean shaun
sebastian | seb
shane
sharon | shaz
sheila
shirley
sidney sydney | sid syd
simon | si
sophia sophie
spencer
stanley | stan
stella
stephanie | steph
stephen steven | steve stevie
stuart stewart | stu
susan susanna suzanne | sue susie suzy
sylvia
tamara | tammy
teresa theresa | terry tess tessa tracy
terence terrence | terry
theodore | theo ted teddy
thomas | tom tommy
timothy | tim timmy
tobias | toby
tracy tracey
travis
trevor | trev
tyler | ty
valerie | val
vanessa | nessa
veronica | ronnie
victor | vic
victoria | vicky tori
vincent | vince vinnie
violet | vi
virginia | ginny ginger
vivian vivien | viv
walter | walt wally
wayne
wendy
wilfred | wilf fred
william | will bill billy willie liam
winifred | winnie freda
winston
yvonne
zachary zachariah | zach zack
zoe
`
