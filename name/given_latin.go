package name

// polishNames holds the commonest Polish given names with their short forms.
const polishNames = `
adam | adas adamek
adrian | adi adrianek
agata | agatka aga
agnieszka | aga agusia agnisia jagna
aleksander | olek aleks alek oles
aleksandra | ola olka olenka oluska
alicja | ala alicjunia alusia
amelia | amelka mela
andrzej | jedrek jedrus andrzejek jendrek
aneta | anetka
anna | ania anka anusia aneczka hania
antoni | antek antos tosiek tolek
arkadiusz | arek aras
artur | arturek
barbara | basia baska barbarka basienka
bartosz bartlomiej | bartek bartus
beata | beatka becia
blazej | blazejek
bogdan | bodzio bogus
boguslaw | bogus bogdan slawek
bogumil | bogus
bozena | bozenka boza
bronislaw | bronek bronius
cezary | czarek cezarek
czeslaw | czesiek czesio
dagmara | daga
damian | damianek
daniel | danielek danek
danuta | danka danusia
dariusz | darek dareczek
dawid | dawidek
dominik | dominiczek domin
dominika | domi dominisia
dorota | dorotka dosia
edward | edek edzio
edyta | edytka
elzbieta | ela elka elzunia bietka
emil | emilek
emilia | emilka mila
eugeniusz | gienek genek
ewa eve | ewka ewunia ewcia
ewelina | ewelinka ewela
feliks felix | felek
filip | filipek
franciszek | franek franus
gabriela | gabrysia gaba
gabriel | gabrys
grazyna | grazynka grazka
grzegorz | grzes grzesiek grzesio
halina | halinka hala
hanna | hania hanka haneczka
helena | hela helenka lena
henryk | heniek henio
hubert | hubercik
ignacy | ignas
irena | irenka irka
iwona | iwonka iwa
izabela | iza izka bela
jacek | jacus
jadwiga | jadzia jaga wisia
jakub | kuba kubus jakubek
jan | janek jasio jas jasiek janusz
janina | janka jasia
janusz | januszek
jaroslaw | jarek jarus
jerzy | jurek jerzyk juras
joanna | asia aska joasia joaska
jozef | jozek jozio
jolanta | jola jolka
julia | julka julcia
julian | julek
justyna | justynka justysia
kacper kasper | kacperek
kamil | kamilek
kamila | kamilka kama
karol | karolek lolek
karolina | karola karolinka karolcia
katarzyna | kasia kaska kasienka katarzynka
kazimierz | kazik kazio kazek
kinga | kinia kingusia
klaudia | klaudusia
konrad | konradek
krystian | krystianek
krystyna | krysia kryska
krzysztof | krzysiek krzys krzysio
kornelia | korcia
lech leszek | lesio lechu
lena | lenka
lidia | lidka
lucyna | lucynka lucka
ludwik | ludwis lutek
lukasz | lukaszek luki
maciej | maciek macius
magdalena | magda madzia magdusia lena
maja | majka majeczka
malgorzata | malgosia gosia goska malgoska
marcin | marcinek marcys
marek | mareczek maruch
maria | marysia maryska mania maja marycha
marian | marianek maniek
mariusz | mariuszek mario
marta | martusia martka
martyna | martynka
mateusz | mati mateuszek matek
michal | michalek misiek michas
mieczyslaw | mietek mieciu miecio
mikolaj | mikolajek mikus miki
milosz | miloszek
miroslaw | mirek mirus
monika | monia monisia
natalia | natalka nata
nikola | nikolka
norbert | norbercik
oliwia | oliwka
oskar | oskarek
patrycja | patka patrysia
patryk | patryczek
pawel | pawelek pawlik
piotr | piotrek piotrus
przemyslaw | przemek przemko
rafal | rafalek rafcio
radoslaw | radek radzio
renata | renia renatka
robert | robercik robus
roman | romek romus
ryszard | rysiek rysio
sebastian | seba sebek
slawomir | slawek slawus
stanislaw | staszek stach stas stasiek stachu
stefan | stefek
sylwester | sylwek
sylwia | sylwunia sylwka
szymon | szymek szymus
tadeusz | tadek tadzio
teresa | terenia reska
tomasz | tomek tomus tomcio
urszula ursula | ula ulka urszulka
waldemar | waldek
wanda | wandzia
weronika | weronka wera nika
wieslaw | wiesiek wiesio
wiktor | wiktorek
wiktoria | wika wiki
wincenty | wicek
witold | witek witus
wladyslaw | wladek wladzio
wlodzimierz | wlodek wlodzio
wojciech | wojtek wojtus
zbigniew | zbyszek zbych zbysio
zdzislaw | zdzisiek zdzisio
zenon | zenek
zofia | zosia zoska zosienka
zuzanna | zuzia zuza zuzka
zygmunt | zygmus zyga
`

// southNames holds Czech, Slovak, Slovene, Croatian, Serbian and Bulgarian names
// with their short forms.
const southNames = `
alena | alenka alca
ales
aleksandar александър александар | aca ace саша алекс ацо аца сашо алеко
aleksandra | sandra sasa
alojz alojzij | lojze slavko
ana | anica ancka anka
andrej андреј андрей | andrejko drejc андро
anez
antonin | tonda tonik
anton | tone toncek
bohumil | bohous bohus mila
bohuslav | bohous slavek
bojan боян
borislav борислав | bora boro боби боре
branislav бранислав | bane brana branko
branko бранко
dalibor | dalek borek
dana | danka
darko
david | davidek
dejan дејан деян
dimitar димитър | димитре митко димчо dimo mitko
dragan драган | gagi gane
dragoslav | drago
dusan душан | dusko dule
frantisek | franta fanda frantik
franc | france franci
georgi георги | гошо жоро гого georgi gosho
gjorgji
goran горан
gregor | grega
hana | hanka hanicka
helena | helenka
hristo христо | ицо ицко icko
igor
ivan иван | ivica ivo iva vanjo ваньо иво ivanko vanco
ivana | ivanka iva
ivo
jan | honza honzik jenda jenik
jana | janicka janka janca
janez | jani
jaroslav | jarda jarek slavek
jarmila | jarca jarka
jelena јелена елена | jeca lena
jiri | jirka jura jirik
jitka
josef | pepa pepik josifek
josip | joza joso
joze | jozko pepi
jovan јован | joca jova
kamil
karel | kaja karlik
karol
katerina | katka kaca
katarina | katja kata
ladislav | lada ladik laco
lenka | leni
libor
libuse | liba
lubos
ludek
lukas | lukasek luky
magdalena | magda majda
marek | marecek
marie | marka maruska manka majka
marija марија мария | mara maja marica micka мичето мима
marijana
marko марко | mare
marketa | marketka maky
martin мартин | martinek maca
matej | matejko matic
matija | matjaz
michal | misa misak
michaela | misa misulka
mihail михаил | мишо misho
mihael | miha
milan милан | milanko milca mica
milada | milka
milena милена | milca
milos милош | misa
miloslav | milos mila
miroslav мирослав | mirek mira miro мирчо
mladen младен
nikola никола | nidzo kole кольо nikolica коле
nikolaj
nikolay николай | коко niki ники
ognjen
ondrej | ondra ondrasek
otakar | ota
pavel павел | pavlik pavlicek
petar петар петър | pera pero perica pesho пешо пепи
peter | petko peterko
petr | petrik peta petricek
petra | petrka peta
predrag предраг | pedja
primoz
radek
radovan радован | rado rade
radoslav радослав | rado радо
ratko
robert
roman
rudolf | ruda
sava
simona
slavko
slobodan слободан | boban bobo sloba бобан слоба
snezana снежана | sneza
srdjan срђан
stanislav
stefan стефан | stefo стефчо
stepan | stepanek
stojan стојан стоян
tatjana | tanja tanca
tereza | terka terezka
todor тодор | тошко тоде
tomas | tomik tom tomasek
tomaz
vaclav | vasek vena vasik
vasil васил | васко vasko
veronika | verca verunka nika
vesna весна
vit | vitek
vladimir владимир | vlada vlado владо vladko
vladislav
vlasta
vojtech | vojta
vuk вук
zdenek | zdenda zdenicek
zdenka
zeljko жељко
zoran зоран | zoki
zuzana | zuzka
йордан | данчо йордане
красимир | красьо краси
любомир | любо
пламен | пламенчо
румен румяна | румчо руми
светослав | светльо светлю
светлозар
симеон | мони
станимир | станьо
цветан цветана | цецо цеца
`

// spanishNames holds the commonest Spanish given names with their short forms.
const spanishNames = `
adrian | adri
agustin | tin
aitor
alberto | beto berto tito
alejandra | ale jandra
alejandro | ale alex jandro
alfonso | fonso poncho
alfredo | fredo fredy
alicia | ali licha
alvaro | alvarito varo
ana | anita
andrea
andres | andresito
angel | angelito gelo
angela | angelita
antonia | tona antonita
antonio | toni tono antonito
armando | mando
arturo | turo
beatriz | bea betty
begona | bego
belen
benito | beni
benjamin | benja
blanca | blanquita
camila | cami
carlos | carlitos charly
carmen | carmencita menchu mamen
carolina | caro
catalina | cata lina
cecilia | ceci chila
cesar | cesarito
claudia | clau
concepcion | concha conchita
consuelo | chelo
cristina | cris tina
cristobal | tobal
daniel | dani
daniela | dani
david
diego | dieguito
dolores | lola loli lolita
domingo | mingo
eduardo | edu lalo
elena | nena
emilio | emi milo
enrique | quique kike
ernesto | neto
esperanza | espe
esteban | estebanito
eugenia | genia
eva
fabian | fabi
federico | fede
felipe | feli pipe
fernanda | fer nanda
fernando | fer nando fercho
francisca | paca paquita pancha
francisco | paco pancho paquito fran kiko curro cisco
gabriel | gabi
gabriela | gabi
gerardo | gera
gloria
gonzalo | gonza
graciela | chela
gregorio | goyo
guadalupe | lupe lupita
guillermo | guille memo
gustavo | gus tavo
hector | tito
hernan
hugo
ignacio | nacho
ines
irene
isabel | isa chabela
ismael
ivan
jaime | jaimito
javier | javi
jesus | chus chuy chucho
joaquin | quino joaco
jorge | jorgito coque
jose | pepe pepito cheo
josefa | pepa pepita
josefina | pepa fina
juan | juanito juancho
juana | juanita
julian | juli
julio | julito
laura | lauri
leonardo | leo nardo
leticia | leti
lorena | lore
lorenzo | lencho
lourdes | lulu
lucia | lucha luci
luis | lucho luisito
luisa | luisita
manuel | manolo manu manolito
manuela | manoli
marcos
margarita | marga mago
maria | mari maruja mariquita
mariano
mario
marta
martin
mateo
mauricio | mauri
mercedes | merche meche
miguel | migue miguelito
monica | moni
montserrat | montse
natalia | nati
nicolas | nico
octavio | tavo
oscar
pablo | pablito
paola
patricia | paty pati
paula
pedro | perico pedrito
pilar | pili
rafael | rafa
ramiro
ramon | moncho monchi
raquel
raul
ricardo | richi cardo
roberto | beto rober
rodrigo | rodri
rocio | chio
rosa | rosita
rosario | charo
ruben
salvador | salva chava
santiago | santi chago yago
sebastian | sebas
sergio | checo
silvia | silvi
sofia | sofi
susana | susi
teresa | tere teresita
tomas | tomasito
valentina | vale
vanesa | vane
veronica | vero
vicente | chente vicen
victor
victoria | vicky toya
ximena jimena | xime
yolanda | yoli
`
